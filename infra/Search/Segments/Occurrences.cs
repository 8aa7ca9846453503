namespace Streaming.Search.Segments;

/// <summary>Writes where a word occurs: per document the distance from the one before, how often, and the distances of the positions.</summary>
internal sealed class OccurrenceWriter
{
    private int _document;

    public Growing<byte> Bytes { get; } = new(256);

    public int DocumentCount { get; private set; }

    public void Begin()
    {
        Bytes.Clear();
        (_document, DocumentCount) = (0, 0);
    }

    public void Add(int document, ReadOnlySpan<int> positions)
    {
        var distance = (uint)(document - _document) << 1;
        Varint.Write(Bytes, positions.Length == 1 ? distance | 1 : distance);
        if (positions.Length != 1)
            Varint.Write(Bytes, (uint)positions.Length);
        var before = 0;
        foreach (var position in positions)
        {
            Varint.Write(Bytes, (uint)(position - before));
            before = position;
        }

        _document = document;
        DocumentCount++;
    }
}

/// <summary>Reads what <see cref="OccurrenceWriter"/> wrote, document by document.</summary>
internal ref struct OccurrenceWalk(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private int _positionsLeft;

    public int Document { get; private set; }

    public int Frequency { get; private set; }

    public bool MoveNext()
    {
        for (; _positionsLeft > 0; _positionsLeft--)
            Varint.Read(ref _rest);
        if (_rest.IsEmpty)
            return false;
        var head = Varint.Read(ref _rest);
        Document += (int)(head >> 1);
        Frequency = _positionsLeft = (head & 1) != 0 ? 1 : (int)Varint.Read(ref _rest);
        return true;
    }

    /// <summary>The document's positions, once.</summary>
    public void TakePositions(Growing<int> into)
    {
        into.Clear();
        var position = 0;
        for (; _positionsLeft > 0; _positionsLeft--)
            into.Add(position += (int)Varint.Read(ref _rest));
    }
}
