using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;

namespace Streaming.Broker.Log;

/// <summary>Called for one batch; the scanner reads its bytes where the head is not enough.</summary>
internal delegate void BatchVisitor(in BatchHeader header, BatchScanner scanner);

/// <summary>Finds a record by time within one batch, a compressed one included.</summary>
/// <remarks>A batch that cannot be decompressed answers with its first offset: a consumer that starts too early misses nothing.</remarks>
internal static class TimeLookup
{
    // What is larger is not worth the memory for a question about time.
    private const int InflatedBytesMax = 64 * 1_024 * 1_024;

    public static (long Offset, long TimestampMs)? FirstAtOrAfter(ReadOnlyMemory<byte> batch, in BatchHeader header, long timestampMs, long fromOffset)
    {
        if (header.IsEmptied)
            return null;
        if (header.HasLogAppendTime)
            return (Math.Max(header.BaseOffset, fromOffset), header.MaxTimestamp);
        using var inflated = new BoundedBuffer(InflatedBytesMax);
        try
        {
            return FirstAtOrAfter(new RecordWalk(BatchRecords.Of(batch, header, inflated)), header, timestampMs, fromOffset);
        }
        catch (CorruptRecordsException)
        {
            return (Math.Max(header.BaseOffset, fromOffset), timestampMs);
        }
    }

    private static (long Offset, long TimestampMs)? FirstAtOrAfter(RecordWalk walk, in BatchHeader header, long timestampMs, long fromOffset)
    {
        while (walk.MoveNext())
        {
            var (offset, timestamp) = (header.BaseOffset + walk.Current.OffsetDelta, header.BaseTimestamp + walk.Current.TimestampDelta);
            if (timestamp >= timestampMs && offset >= fromOffset)
                return (offset, timestamp);
        }

        return null;
    }
}
