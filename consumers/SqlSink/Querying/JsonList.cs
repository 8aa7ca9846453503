using System.Text.Json;

namespace Streaming.SqlSink.Querying;

/// <summary>A list that a column holds as JSON. Made of either side when the other is asked for.</summary>
internal sealed class JsonList<T>
{
    private IReadOnlyList<T>? _items;
    private string? _text;

    public JsonList(IReadOnlyList<T> items) => _items = items;

    public JsonList(string text) => _text = text;

    public IReadOnlyList<T> Items => _items ??= JsonSerializer.Deserialize<List<T>>(_text!, JsonSerializerOptions.Web)!;

    public string Text => _text ??= JsonSerializer.Serialize(_items, JsonSerializerOptions.Web);
}
