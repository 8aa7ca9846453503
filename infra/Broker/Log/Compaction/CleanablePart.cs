namespace Streaming.Broker.Log.Compaction;

/// <summary>What a decision about compaction needs of a segment.</summary>
/// <param name="FirstTimestampMs">Of its first batch; null when it has none.</param>
internal readonly record struct SegmentFacts(long BaseOffset, int SizeBytes, long MaxTimestampMs, long? FirstTimestampMs);

/// <summary>Which part of a log may be compacted now, and whether it is worth it.</summary>
/// <param name="DirtyOffset">Below it the log was compacted already.</param>
/// <param name="EndOffset">Where what may be compacted ends; always where a segment begins.</param>
/// <param name="IsOverdue">Whether a record waits longer than max.compaction.lag.ms.</param>
/// <remarks>Source: Kafka documentation, "Log Compaction", min.cleanable.dirty.ratio, min.compaction.lag.ms, max.compaction.lag.ms; KIP-58, KIP-354.</remarks>
internal readonly record struct CleanablePart(long DirtyOffset, long EndOffset, long CleanBytes, long DirtyBytes, bool IsOverdue)
{
    public double DirtyRatio => DirtyBytes == 0 ? 0 : (double)DirtyBytes / (CleanBytes + DirtyBytes);

    public bool IsDue(LogSettings settings) => DirtyBytes > 0 && (IsOverdue || DirtyRatio > settings.MinCleanableDirtyRatio);

    public static CleanablePart Of(
        IReadOnlyList<LogSegment> segments, long logStartOffset, long lastStableOffset, CompactionProgress progress, LogSettings settings, long nowMs)
    {
        // Only then does the age of the first record matter, which takes a read.
        var mayBeOverdue = settings.MaxCompactionLagMs < long.MaxValue;
        var facts = segments.Select(segment =>
            new SegmentFacts(segment.BaseOffset, segment.SizeBytes, segment.MaxTimestamp, mayBeOverdue ? segment.FirstTimestamp : null));
        return Of([.. facts], progress.CompactedUpTo, progress.UnreadableFrom, logStartOffset, lastStableOffset, settings, nowMs);
    }

    /// <param name="segments">All of the log, the active one last. It is never compacted, nor is what lies at or behind the last stable offset.</param>
    /// <param name="compactedUpTo">Where earlier passes ended; not believed when the log has no such place.</param>
    /// <param name="unreadableFrom">From this segment on the log cannot be compacted, because one cannot be read.</param>
    public static CleanablePart Of(
        IReadOnlyList<SegmentFacts> segments, long compactedUpTo, long unreadableFrom, long logStartOffset, long lastStableOffset, LogSettings settings, long nowMs)
    {
        var isPlausible = compactedUpTo >= logStartOffset && compactedUpTo <= segments[^1].BaseOffset;
        var dirtyOffset = isPlausible ? compactedUpTo : logStartOffset;
        var (clean, dirty, isOverdue) = (0L, 0L, false);
        var end = segments[0].BaseOffset;
        for (var i = 0; i < segments.Count - 1; i++)
        {
            var segment = segments[i];
            var next = segments[i + 1].BaseOffset;
            var isDirty = next > dirtyOffset;
            if (next > lastStableOffset || segment.BaseOffset >= unreadableFrom || (isDirty && IsYoung(segment, settings, nowMs)))
                break;
            if (isDirty)
                dirty += segment.SizeBytes;
            else
                clean += segment.SizeBytes;
            isOverdue |= isDirty && segment.FirstTimestampMs < nowMs - settings.MaxCompactionLagMs;
            end = next;
        }

        return new CleanablePart(Math.Min(dirtyOffset, end), end, clean, dirty, isOverdue);
    }

    private static bool IsYoung(SegmentFacts segment, LogSettings settings, long nowMs) =>
        settings.MinCompactionLagMs > 0 && segment.MaxTimestampMs > nowMs - settings.MinCompactionLagMs;
}
