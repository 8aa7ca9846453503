using System.Text.Json;
using Streaming.Avro.Compatibility;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Compatibility;

public sealed class SchemaCompatibilityTests
{
    public static TheoryData<string> Cases => Golden.Ids("compatibility");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verdicts_and_reasons_are_those_of_Avros_Java_library(string id)
    {
        var item = Golden.Case("compatibility", id);
        var (fresh, existing) = (Schema(item, "new_schema"), Schema(item, "existing_schema"));

        var backward = SchemaCompatibility.Check(reader: fresh, writer: existing);
        var forward = SchemaCompatibility.Check(reader: existing, writer: fresh);

        (backward.Count == 0).ShouldBe(item.GetProperty("BACKWARD").GetBoolean(), id);
        (forward.Count == 0).ShouldBe(item.GetProperty("FORWARD").GetBoolean(), id);
        Told(backward).ShouldBe(Expected(item, "backward_incompatibilities"), id);
        Told(forward).ShouldBe(Expected(item, "forward_incompatibilities"), id);
    }

    [Fact]
    public void A_record_that_holds_itself_is_compared_once()
    {
        const string list = """{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]},{"name":"value","type":"int"}]}""";
        var (reader, writer) = (AvroSchema.Parse(list.Replace("\"int\"", "\"string\"")), AvroSchema.Parse(list));
        SchemaCompatibility.Check(reader, reader).ShouldBeEmpty();
        SchemaCompatibility.Check(reader, writer).ShouldContain(cause => cause.Location == "/fields/1/type");
    }

    [Fact]
    public void A_chain_of_types_too_long_for_the_stack_is_an_ordinary_error()
    {
        var chain = string.Join(",", Enumerable.Range(1, 100_000).Select(i =>
            $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"f","type":"{{(i == 1 ? "int" : $"R{i - 1}")}}"}]}"""));
        var (reader, writer) = (AvroSchema.Parse($"[{chain}]"), AvroSchema.Parse($"[{chain}]"));
        var last = ((UnionSchema)writer).Branches[^1];
        Should.Throw<IncomparableSchemasException>(() => SchemaCompatibility.Check(((UnionSchema)reader).Branches[^1], last));
    }

    [Fact]
    public void Unions_that_ask_for_endless_comparisons_are_an_ordinary_error()
    {
        var union = AvroSchema.Parse($"[{string.Join(",", Enumerable.Range(1, 10_000).Select(i => $$"""{"type":"fixed","name":"F{{i}}","size":1}"""))}]");
        Should.Throw<IncomparableSchemasException>(() => SchemaCompatibility.Check(union, union));
    }

    [Fact]
    public void A_union_of_many_records_is_compared_by_their_names_first()
    {
        var record = (int i) => $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"f","type":"{{(i == 1 ? "int" : $"R{i - 1}")}}"}]}""";
        var union = $"[{string.Join(",", Enumerable.Range(1, 400).Select(record))}]";
        SchemaCompatibility.Check(AvroSchema.Parse(union), AvroSchema.Parse(union)).ShouldBeEmpty();
    }

    private static string[] Told(IReadOnlyList<Incompatibility> found) => [.. found.Select(cause => cause.ToString())];

    private static string[] Expected(JsonElement item, string name) =>
        [.. item.GetProperty(name).EnumerateArray().Select(cause => $"{cause.Text("type")} at {cause.Text("location")}: {cause.Text("message")}")];

    private static AvroSchema Schema(JsonElement item, string name) => AvroSchema.Parse(item.GetProperty(name).GetRawText());
}
