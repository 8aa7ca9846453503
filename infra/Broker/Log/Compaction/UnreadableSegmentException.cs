namespace Streaming.Broker.Log.Compaction;

/// <summary>A segment cannot be compacted, because a batch in it cannot be read.</summary>
internal sealed class UnreadableSegmentException(long segmentOffset, long offset, Exception cause) : Exception(cause.Message, cause)
{
    public long SegmentOffset => segmentOffset;

    /// <summary>Of the batch.</summary>
    public long Offset => offset;
}
