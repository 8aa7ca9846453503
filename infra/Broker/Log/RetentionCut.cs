namespace Streaming.Broker.Log;

/// <summary>Decides up to where retention removes a log: whole segments from the old end, by age and by total size.</summary>
internal static class RetentionCut
{
    /// <summary>The new log start; null when everything stays.</summary>
    public static long? StartAfter(IReadOnlyList<LogSegment> segments, LogSettings settings, long nowMs, long nextOffset)
    {
        long? start = null;
        var sizeBytes = segments.Sum(segment => (long)segment.SizeBytes);
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            var isLast = i == segments.Count - 1;
            // A closed segment without bytes is one that compaction emptied; it must not keep what follows it.
            var isExpired = settings.RetentionMs >= 0 && (segment.SizeBytes > 0 || !isLast) && segment.MaxTimestamp < nowMs - settings.RetentionMs;
            var isBeyondSize = settings.RetentionBytes >= 0 && !isLast && sizeBytes - segment.SizeBytes >= settings.RetentionBytes;
            if (!isExpired && !isBeyondSize)
                break;
            sizeBytes -= segment.SizeBytes;
            start = isLast ? nextOffset : segments[i + 1].BaseOffset;
        }

        return start;
    }
}
