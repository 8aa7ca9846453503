using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Documents;

/// <summary>A document's values, each with its field: what goes into a segment besides the source. Used again for the next document.</summary>
internal sealed class ParsedDocument
{
    private readonly Growing<FieldValue> _values = new();
    private readonly Growing<byte> _texts = new(1_024);

    public Span<FieldValue> Values => _values.Items;

    /// <summary>Fields that the mapping does not have yet, and shall get: the document is read once more then.</summary>
    public List<(string Path, FieldType? Type)> Unmapped { get; } = [];

    public ReadOnlySpan<byte> TextOf(in FieldValue value) => _texts.Items.Slice(value.Start, value.Length);

    public void Clear()
    {
        _values.Clear();
        _texts.Clear();
        Unmapped.Clear();
    }

    public int AddText(ReadOnlySpan<byte> text)
    {
        _texts.Add(text);
        return _texts.Count - text.Length;
    }

    public ReadOnlySpan<byte> TextAt(int start, int length) => _texts.Items.Slice(start, length);

    public void Add(Field field, int start, int length) => _values.Add(new FieldValue(field.Number, start, length, 0));

    public void Add(Field field, long number) => _values.Add(new FieldValue(field.Number, 0, 0, number));
}

/// <param name="Number">For numbers; the others are text.</param>
internal readonly record struct FieldValue(int Field, int Start, int Length, long Number);
