using System.Collections.Concurrent;
using System.Text.Json;

namespace Streaming.Lake.Tests.Support;

/// <summary>Files made with other implementations (Arrow, DuckDB, delta-rs): one manifest per family, see the folder golden.</summary>
public static class Golden
{
    private static readonly ConcurrentDictionary<(string Family, string List), OrderedDictionary<string, JsonElement>> _lists = [];

    /// <summary>The ids of the family's cases whose files are here, as theory data: a failure names its case.</summary>
    public static TheoryData<string> Ids(string family, string list = "cases", string file = "file") =>
        [.. List(family, list).Where(item => System.IO.Path.Exists(Path(family, item.Value.Text(file)))).Select(item => item.Key)];

    public static JsonElement Case(string family, string id, string list = "cases") => List(family, list)[id];

    public static string Text(this JsonElement item, string name) => item.GetProperty(name).GetString()!;

    /// <summary>Where a family's file is, named as in its manifest.</summary>
    public static string Path(string family, string file) => System.IO.Path.Combine(AppContext.BaseDirectory, "golden", family, file);

    public static JsonElement Json(string family, string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path(family, file)));
        return document.RootElement.Clone();
    }

    private static OrderedDictionary<string, JsonElement> List(string family, string list) => _lists.GetOrAdd((family, list), static key =>
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path(key.Family, "manifest.json")));
        return new(manifest.RootElement.GetProperty(key.List).EnumerateArray().Select(item => KeyValuePair.Create(item.Text("id"), item.Clone())));
    });
}
