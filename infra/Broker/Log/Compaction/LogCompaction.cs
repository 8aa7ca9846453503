using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Compacts one log: of each key the newest record stays.</summary>
/// <remarks>
/// A pass first reads what is dirty for the newest offset of each key, then writes the log anew from its beginning to there, a few segments at a time, without
/// the records that have a newer one. Older segments are swapped first, so that a tombstone never goes before what it deletes. A pass takes as much as the map
/// of offsets holds; the next one goes on there. Appends and reads go on meanwhile. Source: Kafka documentation, "Log Compaction".
/// </remarks>
internal sealed class LogCompaction(PartitionLog log, CompactionOptions options, TimeProvider time, ILogger logger)
{
    private readonly KeyHasher _keys = KeyHasher.WithNewSecret();
    private readonly IoPace _pace = new(options.BytesPerSecondMax, time);
    private long _recordsBefore;
    private long _recordsAfter;

    /// <summary>Compacts what was dirty at its beginning. Does nothing when the log is being closed, or compacted by somebody else.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop, or the log was closed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var turn = log.Compaction.TryBegin();
        if (turn is null)
            return;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, log.Compaction.Stopping);
        var start = time.GetTimestamp();
        try
        {
            var end = log.CleanablePart().EndOffset;
            while (await PassAsync(end, stopping.Token))
            {
                // The map was full: what is left takes another pass.
            }
        }
        catch (UnreadableSegmentException unreadable)
        {
            log.Compaction.UnreadableFrom = unreadable.SegmentOffset;
            logger.CompactionStuck(log.Partition, unreadable.Offset, unreadable.SegmentOffset, unreadable.Message);
        }

        if (_recordsBefore == 0)
            return;
        logger.Compacted(
            log.Partition, log.Compaction.CompactedUpTo, _recordsBefore, _recordsAfter, log.SizeBytes, (long)time.GetElapsedTime(start).TotalMilliseconds);
    }

    private async Task<bool> PassAsync(long endOffset, CancellationToken cancellationToken)
    {
        var view = log.ViewForCompaction();
        var part = view.Part;
        if (part.DirtyBytes == 0 || part.DirtyOffset >= endOffset)
            return false;
        var newest = OffsetMap.For(part.EndOffset - part.DirtyOffset, options.OffsetMapBytesMax);
        using var reader = new DirtyPartReader(view, newest, _keys, options.InflatedBatchBytesMax, _pace);
        var end = await reader.ReadAsync(part, cancellationToken);
        var pass = new CompactionPass(newest, _keys, end, part.EndOffset, NowMs(), log.Settings.DeleteRetentionMs, view.KeptByProducer);
        (_recordsBefore, _recordsAfter) = (0, 0);
        var trail = new TransactionTrail(view.Aborted);
        foreach (var (segments, until) in view.Groups(end, log.Settings))
        {
            // Retention may have taken the segments away, or somebody the topic.
            if (!await RewriteAsync(view.Folder, segments, until, pass, trail, cancellationToken))
                return false;
        }

        log.Compaction.Save(end);
        return end < endOffset;
    }

    private async Task<bool> RewriteAsync(
        string folder, IReadOnlyList<LogSegment> segments, long until, CompactionPass pass, TransactionTrail trail, CancellationToken cancellationToken)
    {
        using var cleaned = new CleanedSegment(folder, segments[0].BaseOffset, log.Settings.IndexIntervalBytes);
        using var cleaner = new BatchCleaner(pass, trail, options.InflatedBatchBytesMax);
        foreach (var segment in segments)
            await CleanAsync(segment, cleaner, cleaned, cancellationToken);
        _recordsBefore += cleaner.RecordsBefore;
        _recordsAfter += cleaner.RecordsAfter;
        if (segments.Count == 1 && !cleaner.HasChanged)
            return true;
        cancellationToken.ThrowIfCancellationRequested();
        cleaned.Complete(cleaner.Aborted);
        return log.TryReplace(segments, until, cleaner.Aborted) ? true : cleaned.Abandon();
    }

    private async Task CleanAsync(LogSegment segment, BatchCleaner cleaner, CleanedSegment cleaned, CancellationToken cancellationToken)
    {
        using var batches = new CheckedBatches(segment);
        try
        {
            while (batches.MoveNext())
            {
                var left = cleaner.Clean(batches.Batch, batches.Header);
                if (left.Length > 0)
                    cleaned.Append(left);
                var movedBytes = batches.Header.SizeBytes + left.Length;
                await _pace.MovedAsync(movedBytes, cancellationToken);
            }
        }
        catch (CorruptRecordsException cause)
        {
            throw new UnreadableSegmentException(segment.BaseOffset, batches.Offset, cause);
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
