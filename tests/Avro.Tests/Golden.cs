using System.Text.Json;

namespace Streaming.Avro.Tests;

/// <summary>Values made with other implementations of Avro (Java, fastavro, Python): one manifest per family, see the folder golden.</summary>
public static class Golden
{
    private static readonly Dictionary<string, JsonElement> _manifests = [];

    /// <summary>The ids of the family's cases, as theory data: a failure names its case.</summary>
    public static TheoryData<string> Ids(string family, string list = "cases", Func<JsonElement, bool>? where = null) =>
        [.. List(family, list).Where(where ?? (_ => true)).Select(item => item.GetProperty("id").GetString()!)];

    public static JsonElement Case(string family, string id, string list = "cases") =>
        List(family, list).First(item => item.GetProperty("id").GetString() == id);

    public static string Text(this JsonElement item, string name) => item.GetProperty(name).GetString()!;

    public static byte[] Bytes(this JsonElement item, string name) => Convert.FromHexString(item.Text(name));

    private static JsonElement.ArrayEnumerator List(string family, string list)
    {
        lock (_manifests)
        {
            if (!_manifests.TryGetValue(family, out var manifest))
            {
                using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", family, "manifest.json")), new JsonDocumentOptions { MaxDepth = 1_000 });
                _manifests.Add(family, manifest = document.RootElement.Clone());
            }
            return manifest.GetProperty(list).EnumerateArray();
        }
    }
}
