namespace Streaming.Broker.Log;

/// <summary>The segments of one log, oldest first; the last is the active one. The list is replaced, never changed, so that a reader sees one list to
/// its end; who replaces it holds the lock of the log.</summary>
internal sealed class SegmentList(IEnumerable<LogSegment> opened)
{
    private volatile LogSegment[] _segments = [.. opened];
    private int _removals;

    public IReadOnlyList<LogSegment> All => _segments;

    /// <summary>Those that are no longer written.</summary>
    public ReadOnlySpan<LogSegment> Closed => _segments.AsSpan()[..^1];

    public LogSegment Active => _segments[^1];

    public long SizeBytes => _segments.Sum(segment => (long)segment.SizeBytes);

    /// <summary>Rises whenever records are taken out of the log. What is known about records (which of them were aborted) is true of records read
    /// before only while this stands still.</summary>
    public int Removals => Volatile.Read(ref _removals);

    /// <summary>Lets go of the files of all of them.</summary>
    public void CloseAll()
    {
        foreach (var segment in _segments)
            segment.Dispose();
    }

    public void Add(LogSegment segment) => _segments = [.. _segments, segment];

    /// <summary>Deletes the segments that lie wholly before an offset; never the active one.</summary>
    public void DeleteBefore(long offset)
    {
        var kept = _segments;
        while (kept.Length > 1 && kept[1].BaseOffset <= offset)
        {
            kept[0].Delete();
            kept = kept[1..];
        }

        _segments = kept;
        // Last, so that whoever reads the new number cannot have read the old list.
        Interlocked.Increment(ref _removals);
    }

    /// <summary>Whether the segments lie in the list, one after another.</summary>
    public bool Contains(IReadOnlyList<LogSegment> neighbours)
    {
        var first = Array.IndexOf(_segments, neighbours[0]);
        return first >= 0 && first + neighbours.Count <= _segments.Length && _segments.AsSpan(first, neighbours.Count).SequenceEqual([.. neighbours]);
    }

    /// <summary>Puts one segment in the place of neighbours, whose files are gone.</summary>
    public void Replace(IReadOnlyList<LogSegment> neighbours, LogSegment by)
    {
        var first = Array.IndexOf(_segments, neighbours[0]);
        _segments = [.. _segments.AsSpan(0, first), by, .. _segments.AsSpan(first + neighbours.Count)];
        Interlocked.Increment(ref _removals);
    }

    /// <summary>Whole batches from the one that holds the offset, or the first after it, read now or when they are sent.</summary>
    public RecordSlice Read(long offset, int bytesMax, long endOffset, bool isFirstWhole, Deferral? deferral)
    {
        var segments = _segments;
        var first = segments.Length - 1;
        while (first > 0 && segments[first].BaseOffset > offset)
            first--;
        for (var i = first; i < segments.Length; i++)
        {
            if (segments[i].Read(offset, bytesMax, endOffset, isFirstWhole, deferral) is { } records)
                return records;
        }

        return RecordSlice.Empty;
    }

    /// <summary>The first record at or after a time, looking from an offset on. Null: there is none.</summary>
    public (long Offset, long TimestampMs)? FindTime(long timestampMs, long fromOffset)
    {
        foreach (var segment in _segments)
        {
            if (segment.MaxTimestamp >= timestampMs && segment.FindTime(timestampMs, fromOffset) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>The first record with the largest timestamp. Null: there is no record.</summary>
    public (long Offset, long TimestampMs)? FindMaxTime(long fromOffset)
    {
        var newest = _segments.Max(segment => segment.MaxTimestamp);
        return newest < 0 ? null : FindTime(newest, fromOffset);
    }

    /// <summary>Every batch from an offset on, as it lies in the log.</summary>
    public void Visit(long fromOffset, BatchVisitor visit)
    {
        foreach (var segment in _segments)
            segment.Visit(fromOffset, visit);
    }
}
