using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>Sparse index of one segment: where a batch lies, and the largest timestamp up to and including it.</summary>
/// <remarks>
/// Kept in memory for the segment that is written; saved as Kafka's two files when the segment is closed: <c>.index</c> (relative offset, position:
/// 4 bytes each) and <c>.timeindex</c> (timestamp 8 bytes, relative offset 4), big-endian, entry for entry. A segment's last batch always has
/// an entry once it is closed, so that the newest timestamp of the segment is that of its last entry.
/// </remarks>
internal sealed class SegmentIndex
{
    private const int OffsetEntryBytes = 8;
    private const int TimeEntryBytes = 12;

    /// <summary>A batch: its base offset relative to the segment's, its position in the file, and the largest timestamp so far.</summary>
    internal readonly record struct Entry(int RelativeOffset, int Position, long MaxTimestamp);

    // Readers take the array first and the count of what was published in it: entries never change, a larger array replaces a full one.
    private volatile Entry[] _entries = new Entry[16];
    private volatile int _count;

    public int Count => _count;

    /// <summary>Size of the larger one of its two files.</summary>
    public long TimeBytes => (long)_count * TimeEntryBytes;

    public long MaxTimestamp => _count == 0 ? -1 : _entries[_count - 1].MaxTimestamp;

    public void Add(Entry entry)
    {
        var entries = _entries;
        if (_count == entries.Length)
            Array.Resize(ref entries, entries.Length * 2);
        entries[_count] = entry;
        _entries = entries;
        _count++;
    }

    /// <summary>Where to begin looking for the offset: at or before the batch that holds it; and the relative offset that the batch there has.</summary>
    public (int Position, int RelativeOffset) Before(int relativeOffset) => LastUpTo(int.MaxValue, relativeOffset);

    /// <summary>The last batch with an entry that lies no further than a position, and begins no later than an offset.</summary>
    public (int Position, int RelativeOffset) LastUpTo(int position, int relativeOffset)
    {
        var found = LastWhere(entry => entry.Position <= position && entry.RelativeOffset <= relativeOffset);
        return found < 0 ? (0, 0) : (Published()[found].Position, Published()[found].RelativeOffset);
    }

    /// <summary>Where to begin looking for the first batch with a record at or after the time.</summary>
    public int PositionBeforeTime(long timestampMs)
    {
        var found = LastWhere(entry => entry.MaxTimestamp < timestampMs);
        return found < 0 ? 0 : Published()[found].Position;
    }

    public void Save(string indexPath, string timeIndexPath)
    {
        var entries = Published();
        var offsets = new byte[entries.Length * OffsetEntryBytes];
        var times = new byte[entries.Length * TimeEntryBytes];
        for (var i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(offsets.AsSpan(i * OffsetEntryBytes), entries[i].RelativeOffset);
            BinaryPrimitives.WriteInt32BigEndian(offsets.AsSpan(i * OffsetEntryBytes + 4), entries[i].Position);
            BinaryPrimitives.WriteInt64BigEndian(times.AsSpan(i * TimeEntryBytes), entries[i].MaxTimestamp);
            BinaryPrimitives.WriteInt32BigEndian(times.AsSpan(i * TimeEntryBytes + 8), entries[i].RelativeOffset);
        }

        File.WriteAllBytes(indexPath, offsets);
        File.WriteAllBytes(timeIndexPath, times);
    }

    /// <summary>Reads the two files back; null when they are missing or cannot be true of a segment of that size.</summary>
    public static SegmentIndex? Load(string indexPath, string timeIndexPath, int segmentBytes)
    {
        if (!File.Exists(indexPath) || !File.Exists(timeIndexPath))
            return null;
        var offsets = File.ReadAllBytes(indexPath);
        var times = File.ReadAllBytes(timeIndexPath);
        var count = offsets.Length / OffsetEntryBytes;
        if (offsets.Length % OffsetEntryBytes != 0 || times.Length != count * TimeEntryBytes || (count == 0) != (segmentBytes == 0))
            return null;

        var index = new SegmentIndex();
        var before = new Entry(-1, -1, long.MinValue);
        for (var i = 0; i < count; i++)
        {
            var entry = new Entry(
                BinaryPrimitives.ReadInt32BigEndian(offsets.AsSpan(i * OffsetEntryBytes)),
                BinaryPrimitives.ReadInt32BigEndian(offsets.AsSpan(i * OffsetEntryBytes + 4)),
                BinaryPrimitives.ReadInt64BigEndian(times.AsSpan(i * TimeEntryBytes)));
            var isTimeOfSameBatch = BinaryPrimitives.ReadInt32BigEndian(times.AsSpan(i * TimeEntryBytes + 8)) == entry.RelativeOffset;
            if (!isTimeOfSameBatch || entry.RelativeOffset <= before.RelativeOffset || entry.Position <= before.Position
                || entry.MaxTimestamp < before.MaxTimestamp || entry.Position >= segmentBytes)
                return null;
            index.Add(entry);
            before = entry;
        }

        return index;
    }

    private ReadOnlySpan<Entry> Published()
    {
        var count = _count;
        return _entries.AsSpan(0, count);
    }

    // The predicate must be true for a beginning of the entries and false for the rest.
    private int LastWhere(Predicate<Entry> isBefore)
    {
        var entries = Published();
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (isBefore(entries[middle]))
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
