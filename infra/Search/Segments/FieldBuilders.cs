using Streaming.Search.Analysis;
using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>What the documents of a segment being built have in one field, in the order in which they came.</summary>
internal abstract class FieldBuilder(Field field)
{
    public Field Field { get; } = field;

    public abstract long RoomBytes { get; }

    public abstract bool IsEmpty { get; }

    public abstract void Clear();
}

/// <summary>A keyword field: pairs of document and term.</summary>
internal sealed class TermsBuilder(Field field) : FieldBuilder(field)
{
    public TermTable Terms { get; } = new();
    public Growing<int> Documents { get; } = new();
    public Growing<int> Numbers { get; } = new();

    public override long RoomBytes => Terms.RoomBytes + Documents.RoomBytes + Numbers.RoomBytes;

    public override bool IsEmpty => Documents.Count == 0;

    public void Add(int document, ReadOnlySpan<byte> term)
    {
        Documents.Add(document);
        Numbers.Add(Terms.FindOrAdd(term, TermHash.Of(term)));
    }

    public override void Clear()
    {
        Terms.Clear();
        Documents.Clear();
        Numbers.Clear();
    }
}

/// <summary>A text field: words with document and position.</summary>
internal sealed class WordsBuilder(Field field) : FieldBuilder(field)
{
    // Between two values of one document, so that no phrase spans them.
    private const int PositionGap = 100;

    private int _position;

    public TermTable Terms { get; } = new();
    public Growing<int> Documents { get; } = new();
    public Growing<int> Numbers { get; } = new();
    public Growing<int> Positions { get; } = new();

    public override long RoomBytes => Terms.RoomBytes + Documents.RoomBytes + Numbers.RoomBytes + Positions.RoomBytes;

    public override bool IsEmpty => Documents.Count == 0;

    public void Add(int document, ReadOnlySpan<byte> text)
    {
        _position = Documents.Count > 0 && Documents[Documents.Count - 1] == document ? _position + PositionGap : 0;
        var words = new WordWalk(text);
        while (words.MoveNext())
        {
            Documents.Add(document);
            Numbers.Add(Terms.FindOrAdd(words.Current, TermHash.Of(words.Current)));
            Positions.Add(_position++);
        }
    }

    public override void Clear()
    {
        Terms.Clear();
        Documents.Clear();
        Numbers.Clear();
        Positions.Clear();
    }
}

/// <summary>A field of numbers, dates or booleans: pairs of document and number.</summary>
internal sealed class NumbersBuilder(Field field) : FieldBuilder(field)
{
    public Growing<int> Documents { get; } = new();
    public Growing<long> Values { get; } = new();

    public override long RoomBytes => Documents.RoomBytes + Values.RoomBytes;

    public override bool IsEmpty => Documents.Count == 0;

    public void Add(int document, long value)
    {
        Documents.Add(document);
        Values.Add(value);
    }

    public override void Clear()
    {
        Documents.Clear();
        Values.Clear();
    }
}
