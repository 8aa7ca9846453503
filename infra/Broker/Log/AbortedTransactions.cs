using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>A transaction that was aborted in this partition, from its first record to its marker.</summary>
internal readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);

/// <summary>The aborted transactions of a partition, in the order of their markers, so that read-committed consumers skip their records.</summary>
/// <remarks>Each is also appended to the <c>.txnindex</c> of the segment with its marker, in Kafka's layout: version 0 (2 bytes), producer id,
/// first offset, last offset, last stable offset (8 bytes each, big-endian). The file of the active segment may lag behind while the disk is full. Under the
/// lock of its log.</remarks>
internal sealed class AbortedTransactions
{
    private const int EntryBytes = 34;
    private readonly List<AbortedTransaction> _byMarker = [];
    private bool _isFileLagging;

    public int Count => _byMarker.Count;

    /// <summary>Adds one whose marker is in the active segment. That the disk is full must not undo the marker: the file is written later then.</summary>
    public void Add(AbortedTransaction aborted, LogPath active)
    {
        _byMarker.Add(aborted);
        if (_isFileLagging)
            return;
        try
        {
            using var file = new FileStream(active.TransactionIndex, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            Write(file, aborted);
        }
        catch (IOException)
        {
            _isFileLagging = true;
        }
    }

    /// <summary>Makes good what could not be written while the segment was active. To be called before it is closed.</summary>
    public void SaveLagging(LogPath active)
    {
        if (!_isFileLagging)
            return;
        Save(_byMarker.Where(aborted => aborted.LastOffset >= active.BaseOffset), active.TransactionIndex);
        _isFileLagging = false;
    }

    /// <summary>Writes a segment's file anew.</summary>
    public static void Save(IEnumerable<AbortedTransaction> aborted, string indexPath)
    {
        using var file = new FileStream(indexPath, FileMode.Create, FileAccess.Write);
        foreach (var transaction in aborted)
            Write(file, transaction);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Adds what a segment's file holds. False when it is damaged.</summary>
    public bool TryLoad(string indexPath)
    {
        if (!File.Exists(indexPath))
            return true;
        var entries = File.ReadAllBytes(indexPath);
        if (entries.Length % EntryBytes != 0)
            return false;
        for (var at = 0; at < entries.Length; at += EntryBytes)
        {
            var entry = entries.AsSpan(at, EntryBytes);
            _byMarker.Add(new AbortedTransaction(
                BinaryPrimitives.ReadInt64BigEndian(entry[2..]), BinaryPrimitives.ReadInt64BigEndian(entry[10..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[18..]), BinaryPrimitives.ReadInt64BigEndian(entry[26..])));
        }

        return true;
    }

    /// <summary>Those with records in the range, which a consumer that reads it must know.</summary>
    public IReadOnlyList<AbortedTransaction> Between(long fromOffset, long toOffset)
    {
        List<AbortedTransaction>? found = null;
        for (var i = FirstEndingAtOrAfter(fromOffset); i < _byMarker.Count; i++)
        {
            if (_byMarker[i].FirstOffset < toOffset)
                (found ??= []).Add(_byMarker[i]);
            // At this marker nothing below was open any more: what was aborted later began behind the range.
            if (_byMarker[i].LastStableOffset >= toOffset)
                break;
        }

        return found ?? (IReadOnlyList<AbortedTransaction>)[];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<AbortedTransaction> ToList() => [.. _byMarker];

    /// <summary>Puts others in the place of those whose markers lie in a range.</summary>
    public void Replace(long fromOffset, long untilOffset, IReadOnlyList<AbortedTransaction> others)
    {
        var first = FirstEndingAtOrAfter(fromOffset);
        _byMarker.RemoveRange(first, FirstEndingAtOrAfter(untilOffset) - first);
        _byMarker.InsertRange(first, others);
    }

    /// <summary>Forgets those whose records are all below the log start.</summary>
    public void ForgetBefore(long logStartOffset) => _byMarker.RemoveAll(aborted => aborted.LastOffset < logStartOffset);

    // Markers rise.
    private int FirstEndingAtOrAfter(long offset)
    {
        var (low, high) = (0, _byMarker.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_byMarker[middle].LastOffset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void Write(FileStream file, AbortedTransaction aborted)
    {
        Span<byte> entry = stackalloc byte[EntryBytes];
        BinaryPrimitives.WriteInt16BigEndian(entry, 0);
        BinaryPrimitives.WriteInt64BigEndian(entry[2..], aborted.ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(entry[10..], aborted.FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[18..], aborted.LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[26..], aborted.LastStableOffset);
        file.Write(entry);
    }
}
