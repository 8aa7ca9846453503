using System.Collections.Concurrent;
using System.Text.Json;

namespace Streaming.Avro.Tests;

/// <summary>Values made with other implementations of Avro (Java, fastavro, Python): one manifest per family, see the folder golden.</summary>
public static class Golden
{
    private static readonly ConcurrentDictionary<(string Family, string List), OrderedDictionary<string, JsonElement>> _lists = [];

    /// <summary>The ids of the family's cases, as theory data: a failure names its case.</summary>
    public static TheoryData<string> Ids(string family, string list = "cases", Func<JsonElement, bool>? where = null) =>
        [.. List(family, list).Where(item => where?.Invoke(item.Value) ?? true).Select(item => item.Key)];

    public static JsonElement Case(string family, string id, string list = "cases") => List(family, list)[id];

    public static string Text(this JsonElement item, string name) => item.GetProperty(name).GetString()!;

    public static byte[] Bytes(this JsonElement item, string name) => Convert.FromHexString(item.Text(name));

    private static OrderedDictionary<string, JsonElement> List(string family, string list) => _lists.GetOrAdd((family, list), static key =>
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", key.Family, "manifest.json"));
        using var manifest = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1_000 });
        return new(manifest.RootElement.GetProperty(key.List).EnumerateArray().Select(item => KeyValuePair.Create(item.Text("id"), item.Clone())));
    });
}
