using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Parquet;

public sealed class GoldenParquetTests
{
    // .NET has no reader for these compressions, and nobody who writes a lake of ours uses the encodings.
    private static readonly string[] _refused = ["primitives-zstd", "primitives-lz4", "nested-structs", "page-v2-primitives", "delta-encodings"];

    public static TheoryData<string> Files => Golden.Ids("parquet");

    public static TheoryData<string> Corrupt => Golden.Ids("parquet", "corrupt");

    [Theory]
    [MemberData(nameof(Files))]
    public void What_others_wrote_is_read_or_refused_by_name(string id)
    {
        var item = Golden.Case("parquet", id);
        var bytes = File.ReadAllBytes(Golden.Path("parquet", item.Text("file")));
        if (_refused.Contains(id))
        {
            Should.Throw<UnsupportedParquetException>(() => Rows.Of(ParquetFile.Open(bytes)), id);
            return;
        }

        var rows = Rows.Of(ParquetFile.Open(bytes));
        var expected = Golden.Json("parquet", item.Text("rows_file")).EnumerateArray().ToList();
        rows.Count.ShouldBe(expected.Count, id);
        for (var i = 0; i < rows.Count; i++)
            AreEqual(rows[i], JsonNode.Parse(expected[i].GetRawText())).ShouldBeTrue($"{id}, row {i}: {rows[i].ToJsonString()} instead of {expected[i].GetRawText()}");
    }

    [Theory]
    [MemberData(nameof(Corrupt))]
    public void What_is_damaged_is_an_error(string id)
    {
        var bytes = File.ReadAllBytes(Golden.Path("parquet", Golden.Case("parquet", id, "corrupt").Text("file")));
        Should.Throw<MalformedParquetException>(() => Rows.Of(ParquetFile.Open(bytes)), id);
    }

    private static bool AreEqual(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(member => b.ContainsKey(member.Key) && AreEqual(member.Value, b[member.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            a.ToJsonString() == b.ToJsonString() || Number(a) == Number(b),
        _ => JsonNode.DeepEquals(left, right),
    };

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString());
}
