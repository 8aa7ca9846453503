using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Called for one batch; the scanner reads its bytes where the head is not enough.</summary>
internal delegate void BatchVisitor(in BatchHeader header, BatchScanner scanner);

/// <summary>Finds a record by time within one batch.</summary>
/// <remarks>A compressed batch answers with its first offset: its records are not read here, and a consumer that starts too early misses nothing.</remarks>
internal static class TimeLookup
{
    public static (long Offset, long TimestampMs)? FirstAtOrAfter(ReadOnlySpan<byte> batch, in BatchHeader header, long timestampMs, long fromOffset)
    {
        if (header.HasLogAppendTime)
            return (Math.Max(header.BaseOffset, fromOffset), header.MaxTimestamp);
        if (header.Compression != 0)
            return (Math.Max(header.BaseOffset, fromOffset), Math.Max(header.BaseTimestamp, timestampMs));
        var walk = new RecordWalk(batch[BatchHeader.Bytes..]);
        while (walk.MoveNext())
        {
            var (offset, timestamp) = (header.BaseOffset + walk.Current.OffsetDelta, header.BaseTimestamp + walk.Current.TimestampDelta);
            if (timestamp >= timestampMs && offset >= fromOffset)
                return (offset, timestamp);
        }

        return null;
    }
}
