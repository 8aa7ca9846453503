using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Avro.Generic;
using Streaming.Avro.Json;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Tests.Json;

public sealed class AvroJsonTests
{
    private static readonly AvroSchema _record = AvroSchema.Parse("""
        {"type": "record", "name": "ns.R", "fields": [
          {"name": "a", "type": "int"}, {"name": "b", "type": ["null", "bytes", "string"]}, {"name": "c", "type": {"type": "enum", "name": "E", "symbols": ["X", "Y"]}},
          {"name": "d", "type": {"type": "fixed", "name": "F", "size": 2}}, {"name": "e", "type": "float"}]}
        """);

    public static TheoryData<string> Cases => Golden.Ids("json-encoding");

    public static TheoryData<string> CasesToWrite => Golden.Ids("json-encoding", where: item => item.Text("mode") == "both");

    [Theory, MemberData(nameof(Cases))]
    public void A_text_becomes_the_bytes_that_others_write(string id)
    {
        var golden = Golden.Case("json-encoding", id);
        Convert.ToHexStringLower(AvroJson.Read(Schema(golden), Encoding.UTF8.GetBytes(golden.Text("json_text")))).ShouldBe(golden.Text("hex"), id);
    }

    [Theory, MemberData(nameof(CasesToWrite))]
    public void Bytes_become_the_text_that_others_write(string id)
    {
        var golden = Golden.Case("json-encoding", id);
        JsonNode.DeepEquals(JsonNode.Parse(Write(Schema(golden), golden.Bytes("hex"))), JsonNode.Parse(golden.Text("json_text"))).ShouldBeTrue($"{id}: {Write(Schema(golden), golden.Bytes("hex"))}");
    }

    [Fact]
    public void Whatever_was_written_is_read_back() => Seeds.ForEach(300, random =>
    {
        var some = new RandomSchema(random);
        var schema = some.Schema();
        var bytes = GenericEncoding.Encode(schema, some.Value(schema));
        AvroJson.Read(schema, Encoding.UTF8.GetBytes(Write(schema, bytes))).ShouldBe(bytes);
    });

    [Theory]
    [InlineData("""{"a": 1, "b": null, "c": "X", "d": "ab"}""", "The value: the field e is missing.")]
    [InlineData("""{"a": 1, "b": null, "c": "X", "d": "ab", "e": 1, "f": 2}""", "The value: ns.R has no field f.")]
    [InlineData("""{"a": 1, "a": 1, "c": "X", "d": "ab", "e": 1}""", "The text is no JSON: ")]
    [InlineData("""{"a": 2147483648, "b": null, "c": "X", "d": "ab", "e": 1}""", "/a: int is due, not Number.")]
    [InlineData("""{"a": 1.5, "b": null, "c": "X", "d": "ab", "e": 1}""", "/a: int is due, not Number.")]
    [InlineData("""{"a": 1, "b": "x", "c": "X", "d": "ab", "e": 1}""", "/b: an object that names the branch is due, not String.")]
    [InlineData("""{"a": 1, "b": {"int": 1}, "c": "X", "d": "ab", "e": 1}""", "/b: the union has no branch int.")]
    [InlineData("""{"a": 1, "b": {"string": "x", "bytes": "x"}, "c": "X", "d": "ab", "e": 1}""", "/b: an object that names one branch is due.")]
    [InlineData("""{"a": 1, "b": {"bytes": "\u0100"}, "c": "X", "d": "ab", "e": 1}""", "/b/bytes: bytes are text of characters up to U+00FF.")]
    [InlineData("""{"a": 1, "b": {"string": "\ud800"}, "c": "X", "d": "ab", "e": 1}""", "")]
    [InlineData("""{"a": 1, "b": null, "c": "Z", "d": "ab", "e": 1}""", "/c: ns.E has no symbol Z.")]
    [InlineData("""{"a": 1, "b": null, "c": "X", "d": "abc", "e": 1}""", "/d: 3 bytes where 2 are due.")]
    [InlineData("""{"a": 1, "b": null, "c": "X", "d": "ab", "e": 1e300}""", "/e: a number that the type can hold is due.")]
    [InlineData("""{"a": 1,""", "The text is no JSON: ")]
    [InlineData("[]", "The value: an object (ns.R) is due, not Array.")]
    public void A_text_that_is_not_what_the_schema_says_is_refused_with_the_place(string text, string message) =>
        Should.Throw<FormatException>(() => AvroJson.Read(_record, Encoding.UTF8.GetBytes(text))).Message.ShouldStartWith(message);

    [Theory]
    [InlineData("""{"type": "record", "name": "N", "fields": [{"name": "n", "type": ["null", "N"]}]}""", """{"n":{"N":""", "}}", """{"n":null}""")]
    [InlineData("""{"type": "array", "items": "null"}""", "[", "]", "")]
    public void Nesting_without_end_is_an_error(string schema, string open, string close, string middle)
    {
        var text = string.Concat(Enumerable.Repeat(open, 100_000)) + middle + string.Concat(Enumerable.Repeat(close, 100_000));
        Should.Throw<FormatException>(() => AvroJson.Read(AvroSchema.Parse(schema), Encoding.UTF8.GetBytes(text)));
    }

    private static AvroSchema Schema(JsonElement golden) => AvroSchema.Parse(golden.GetProperty("schema").GetRawText());

    private static string Write(AvroSchema schema, byte[] bytes)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
            AvroJson.Write(json, schema, bytes);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
