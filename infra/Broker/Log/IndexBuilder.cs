using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Fills the sparse index of one segment as batches are appended or found: an entry for every so many bytes.</summary>
internal sealed class IndexBuilder(long baseOffset, SegmentIndex index)
{
    private int _bytesSinceEntry;
    private SegmentIndex.Entry? _last;

    public SegmentIndex Index => index;

    public long MaxTimestamp { get; private set; } = index.MaxTimestamp;

    public void Note(in BatchHeader header, int position, int intervalBytes)
    {
        // The time of an emptied batch is that of records which are gone.
        if (!header.IsEmptied)
            MaxTimestamp = Math.Max(MaxTimestamp, header.MaxTimestamp);
        var entry = new SegmentIndex.Entry((int)(header.BaseOffset - baseOffset), position, MaxTimestamp);
        if (_bytesSinceEntry > intervalBytes)
        {
            index.Add(entry);
            _bytesSinceEntry = 0;
            _last = null;
        }
        else
        {
            _last = entry;
        }

        _bytesSinceEntry += header.SizeBytes;
    }

    /// <summary>Gives the last batch its entry, so that the index ends with the segment.</summary>
    public SegmentIndex Complete()
    {
        if (_last is { } last)
            index.Add(last);
        _last = null;
        _bytesSinceEntry = 0;
        return index;
    }
}
