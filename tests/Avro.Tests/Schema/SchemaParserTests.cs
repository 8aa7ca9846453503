using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Schema;

public sealed class SchemaParserTests
{
    public static TheoryData<string> InvalidSchemas => Golden.Ids("avro-invalid", "schemas");

    [Theory, MemberData(nameof(InvalidSchemas))]
    public void An_invalid_schema_is_refused_with_a_reason(string id)
    {
        var text = Golden.Case("avro-invalid", id, "schemas").Text("schema_text");
        Should.Throw<InvalidSchemaException>(() => AvroSchema.Parse(text), id).Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_schema_of_the_golden_payloads_parses()
    {
        foreach (var id in Golden.Ids("avro-binary"))
            AvroSchema.Parse(Golden.Case("avro-binary", id.Data).GetProperty("schema").GetRawText());
        foreach (var id in Golden.Ids("avro-invalid", "payloads"))
            AvroSchema.Parse(Golden.Case("avro-invalid", id.Data, "payloads").GetProperty("schema").GetRawText());
        foreach (var id in Golden.Ids("avro-resolution"))
        {
            AvroSchema.Parse(Golden.Case("avro-resolution", id.Data).GetProperty("writer_schema").GetRawText());
            AvroSchema.Parse(Golden.Case("avro-resolution", id.Data).GetProperty("reader_schema").GetRawText());
        }
    }

    [Fact]
    public void What_Avro_gives_no_meaning_is_kept_as_attributes()
    {
        var record = (RecordSchema)AvroSchema.Parse("""
            {"type": "record", "name": "shop.Sold", "csharpBase": "Event(Sku)", "doc": "Units went out.", "fields": [
              {"name": "sku", "type": "string", "csharpType": "Sku", "doc": "What."},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}, "default": -1}]}
            """);

        record.TextAttribute("csharpBase").ShouldBe("Event(Sku)");
        record.Doc.ShouldBe("Units went out.");
        record.Find("sku")!.TextAttribute("csharpType").ShouldBe("Sku");
        record.Find("at")!.Schema.LogicalType.ShouldBe(new LogicalType(LogicalTypeKind.TimestampMicros));
        record.Find("at")!.Default!.ToString().ShouldBe("-1");
    }

    [Theory]
    [InlineData("""{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}""", LogicalTypeKind.Decimal)]
    [InlineData("""{"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 9}""", LogicalTypeKind.Decimal)]
    [InlineData("""{"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 10}""", null)]
    [InlineData("""{"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}""", null)]
    [InlineData("""{"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": -1}""", null)]
    [InlineData("""{"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}""", LogicalTypeKind.Uuid)]
    [InlineData("""{"type": "fixed", "name": "U", "size": 15, "logicalType": "uuid"}""", null)]
    [InlineData("""{"type": "long", "logicalType": "date"}""", null)]
    [InlineData("""{"type": "int", "logicalType": "of-my-own"}""", null)]
    public void A_logical_type_that_does_not_fit_is_ignored(string json, LogicalTypeKind? expected) =>
        (AvroSchema.Parse(json).LogicalType?.Kind).ShouldBe(expected);

    [Fact]
    public void Aliases_belong_to_the_namespace_of_their_type() =>
        ((NamedSchema)AvroSchema.Parse("""{"type": "fixed", "name": "n.New", "size": 1, "aliases": ["Old", "z.Older"]}"""))
            .Aliases.ShouldBe(["n.Old", "z.Older"]);

    [Fact]
    public void A_text_may_refer_to_types_of_an_earlier_text()
    {
        var parser = new SchemaParser();
        parser.Parse("""{"type": "fixed", "name": "n.Hash", "size": 4}""");

        parser.Parse("""{"type": "array", "items": "n.Hash"}""").CanonicalForm
            .ShouldBe("""{"type":"array","items":{"name":"n.Hash","type":"fixed","size":4}}""");
    }

    [Fact]
    public void A_JSON_error_names_line_and_column() =>
        Should.Throw<InvalidSchemaException>(() => AvroSchema.Parse("{\n  \"type\": nil}")).Message.ShouldContain("line 2, column 11");
}
