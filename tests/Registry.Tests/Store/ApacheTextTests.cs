using Streaming.Avro.Schema;
using Streaming.Avro.Tests;
using Streaming.Registry.Store;

namespace Streaming.Registry.Tests.Store;

/// <summary>Schemas in the form of Apache Avro for Java, against what it wrote itself.</summary>
public sealed class ApacheTextTests
{
    public static TheoryData<string> Cases => Golden.Ids("avro-java-text");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_schema_is_written_as_Apache_Avro_for_Java_writes_it(string id)
    {
        var golden = Golden.Case("avro-java-text", id);
        var expected = golden.Text("java_text");
        ApacheText.Of(golden.Text("schema_text")).ShouldBe(expected, id);
        ApacheText.Of(expected).ShouldBe(expected, id);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_GUID_is_the_hash_of_that_text(string id)
    {
        var golden = Golden.Case("avro-java-text", id);
        SchemaGuid.Of(golden.Text("schema_text"), [], null, null).Replace("-", "", StringComparison.Ordinal).ShouldBe(golden.Text("md5"), id);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Normalizing_changes_nothing_that_data_or_readers_feel_and_not_twice(string id)
    {
        var text = Golden.Case("avro-java-text", id).Text("schema_text");
        var normalized = ApacheText.Of(text, isNormalized: true);
        AvroSchema.Parse(normalized).CanonicalForm.ShouldBe(AvroSchema.Parse(text).CanonicalForm, id);
        ApacheText.Of(normalized, isNormalized: true).ShouldBe(normalized, id);
    }

    // What AvroSchemaUtils.toNormalizedString makes of them, read back and written by Schema.toString.
    [Theory]
    [InlineData("""{"type":"long","connect.version":1,"logicalType":"timestamp-millis","connect.name":"T"}""", """{"type":"long","logicalType":"timestamp-millis","connect.name":"T","connect.version":1}""")]
    [InlineData("""{"scale":2,"a":1,"precision":9,"logicalType":"decimal","type":"bytes"}""", """{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"a":1}""")]
    [InlineData("""{"type":"int","z":1,"logicalType":"nonsense","a":{"y":1,"x":[{"d":1,"c":2}]}}""", """{"type":"int","a":{"x":[{"c":2,"d":1}],"y":1},"logicalType":"nonsense","z":1}""")]
    [InlineData("""{"type":"enum","name":"n.E","doc":"","aliases":["n.Z","m.A"],"symbols":["B","A"]}""", """{"type":"enum","name":"E","namespace":"n","symbols":["B","A"],"aliases":["m.A","Z"]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":["double","null"],"default":1,"aliases":["c","b"],"doc":""}]}""",
        """{"type":"record","name":"R","fields":[{"name":"a","type":["double","null"],"doc":"","default":1.0,"aliases":["b","c"]}]}""")]
    public void What_may_be_said_in_any_order_is_ordered_by_name(string text, string expected) =>
        ApacheText.Of(text, isNormalized: true).ShouldBe(expected);

    [Fact]
    public void References_metadata_and_rules_are_part_of_the_GUID_and_their_order_is_not()
    {
        const string text = "\"int\"";
        var plain = SchemaGuid.Of(text, [], null, null);
        string[] others =
        [
            SchemaGuid.Of(text, [new SchemaReference("a", "s", 1)], null, null),
            SchemaGuid.Of(text, [], Metadata("owner", "me"), null),
            SchemaGuid.Of(text, [], new SchemaMetadata(null, null, null), null),
            SchemaGuid.Of(text, [], null, new RuleSet(null, [Rule("r", disabled: false)], null)),
            SchemaGuid.Of(text, [], null, new RuleSet(null, [Rule("r", disabled: true)], null)),
        ];
        others.Append(plain).Distinct().Count().ShouldBe(others.Length + 1);

        SchemaGuid.Of(text, [], Metadata("a", "1", "b", "2"), null).ShouldBe(SchemaGuid.Of(text, [], Metadata("b", "2", "a", "1"), null));
    }

    private static SchemaMetadata Metadata(params string[] properties) => new(null, properties.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]), null);

    private static Rule Rule(string name, bool disabled) => new(name, null, "CONDITION", "WRITE", "CEL", null, null, "true", null, null, disabled);
}
