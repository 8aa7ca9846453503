using Microsoft.Extensions.Logging;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>What became of an append. <see cref="BaseOffset"/> is -1 when it was refused.</summary>
internal readonly record struct AppendResult(ErrorCode Error, long BaseOffset, long AppendTimeMs, string? Reason)
{
    public static AppendResult Refused(ErrorCode error, string? reason = null) => new(error, -1, BatchHeader.NoTimestamp, reason);
}

/// <summary>What a fetch got from one partition.</summary>
internal readonly record struct LogRead(
    ErrorCode Error, RecordSlice Records, long HighWatermark, long LastStableOffset, long LogStartOffset, IReadOnlyList<AbortedTransaction>? Aborted);

/// <summary>
/// The log of one partition: record batches in segments, appended by one at a time, read by any number.
/// </summary>
/// <remarks>
/// Invariants. Offsets rise without gaps as they are assigned. What is below <see cref="NextOffset"/> is whole in the page cache (forced to disk first
/// where the settings say so); on a single node that makes it the high watermark too. <see cref="LastStableOffset"/> is the first offset
/// of the oldest open transaction. Appends are under a lock rather than a queue: they are one write to the page cache, and the producer waits for it anyway.
/// Readers take no lock: they see a list of segments that is replaced, never changed, and of each the bytes that it had published.
/// </remarks>
internal sealed class PartitionLog
{
    /// <summary>There was never another leader than this broker.</summary>
    public const int LeaderEpoch = 0;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly ProducerStates _producers;
    private readonly AbortedTransactions _aborted;
    private readonly List<AppendSignal> _waiting = [];
    private volatile LogSegment[] _segments;
    private Task _flushing = Task.CompletedTask;
    private long _nextOffset;
    private long _lastStableOffset;
    private long _logStartOffset;
    private long _recoveryPoint;
    private bool _isClosed;

    private PartitionLog(TopicPartition partition, string folder, LogSettings settings, RecoveredLog recovered, TimeProvider time, ILogger logger)
    {
        (Partition, _folder, Settings, _time, _logger) = (partition, folder, settings, time, logger);
        (_producers, _aborted, _segments) = (recovered.Producers, recovered.Aborted, [.. recovered.Segments]);
        (_nextOffset, _logStartOffset, _recoveryPoint) = (recovered.NextOffset, recovered.LogStartOffset, recovered.RecoveryPoint);
        _lastStableOffset = _producers.FirstOpenOffset ?? _nextOffset;
    }

    public TopicPartition Partition { get; }

    /// <summary>Takes effect from the next append or retention check on.</summary>
    public LogSettings Settings { get; set; }

    /// <summary>Offset of the next record; on this single node the high watermark.</summary>
    public long NextOffset => Volatile.Read(ref _nextOffset);

    public long LastStableOffset => Volatile.Read(ref _lastStableOffset);

    public long LogStartOffset => Volatile.Read(ref _logStartOffset);

    public long SizeBytes => _segments.Sum(segment => (long)segment.SizeBytes);

    /// <summary>Done when every closed segment is on disk.</summary>
    public Task Flushed => _flushing;

    private LogSegment Active => _segments[^1];

    /// <summary>Opens a partition's folder, creating it when missing, and recovers it when it was not closed.</summary>
    public static PartitionLog Open(TopicPartition partition, string folder, LogSettings settings, TimeProvider time, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        var recovered = LogRecovery.Run(partition, folder, settings, logger);
        return new PartitionLog(partition, folder, settings, recovered, time, logger);
    }

    /// <summary>Appends one checked batch from a producer, assigning its offsets in place.</summary>
    public AppendResult Append(Span<byte> batch, BatchHeader header)
    {
        if (batch.Length > Settings.BatchBytesMax)
            return AppendResult.Refused(ErrorCode.MessageTooLarge, $"A batch of {batch.Length} bytes; max.message.bytes is {Settings.BatchBytesMax}.");
        if (!Settings.HasLogAppendTime && header.MaxTimestamp > NowMs() + Settings.TimestampAheadMsMax)
            return AppendResult.Refused(ErrorCode.InvalidTimestamp, $"Timestamp {header.MaxTimestamp} is further ahead than message.timestamp.after.max.ms allows.");
        lock (_gate)
        {
            if (_isClosed)
                return AppendResult.Refused(ErrorCode.NotLeaderOrFollower);
            if (header.HasProducer)
            {
                var (error, duplicate) = _producers.Check(header);
                if (error != ErrorCode.None)
                    return AppendResult.Refused(error, Explain(error, header));
                if (duplicate is { } written)
                    return new AppendResult(ErrorCode.None, written.BaseOffset, Settings.HasLogAppendTime ? written.TimestampMs : BatchHeader.NoTimestamp, null);
            }

            var appended = Write(batch, header, out var refused);
            if (refused is not null)
                return refused.Value;
            _producers.Wrote(appended);
            Publish(appended);
            return new AppendResult(ErrorCode.None, appended.BaseOffset, appended.HasLogAppendTime ? appended.MaxTimestamp : BatchHeader.NoTimestamp, null);
        }
    }

    /// <summary>Ends a producer's transaction in this partition. Harmless when none is open: the marker is then all there is.</summary>
    public ErrorCode AppendMarker(ProducerStamp producer, bool isCommit, int coordinatorEpoch)
    {
        lock (_gate)
        {
            if (_isClosed)
                return ErrorCode.NotLeaderOrFollower;
            if (_producers.Find(producer.ProducerId) is { } known && producer.ProducerEpoch < known.Epoch)
                return ErrorCode.InvalidProducerEpoch;
            var batch = BatchBuilder.BuildMarker(producer, isCommit, coordinatorEpoch, NowMs());
            var marker = Write(batch, BatchHeader.Read(batch), out var refused);
            if (refused is not null)
                return refused.Value.Error;
            var start = _producers.Ended(marker, coordinatorEpoch);
            if (start is { } first && !isCommit)
                _aborted.Add(new AbortedTransaction(producer.ProducerId, first, marker.BaseOffset, _producers.FirstOpenOffset ?? marker.NextOffset), Active.Path.TransactionIndex);
            Publish(marker);
            return ErrorCode.None;
        }
    }

    /// <summary>Whether the producer has a transaction open in this partition.</summary>
    public bool HasOpenTransaction(long producerId)
    {
        lock (_gate)
            return _producers.Find(producerId)?.TransactionStart is not null;
    }

    /// <summary>Whole batches from an offset on, up to the high watermark or, for committed reads, the last stable offset.</summary>
    /// <param name="isFirstWhole">Whether the first batch is returned although it is larger than the limit, so that no batch blocks its consumer.</param>
    public LogRead Read(long offset, int bytesMax, bool isFirstWhole, bool isCommittedOnly)
    {
        // The end is taken before the bytes: whatever is below it is in the segments.
        var highWatermark = NextOffset;
        var lastStable = LastStableOffset;
        var end = isCommittedOnly ? lastStable : highWatermark;
        var logStart = LogStartOffset;
        if (offset < logStart || offset > highWatermark)
            return new LogRead(ErrorCode.OffsetOutOfRange, RecordSlice.Empty, highWatermark, lastStable, logStart, null);
        var records = offset < end && bytesMax > 0 ? ReadSegments(offset, bytesMax, end, isFirstWhole) : RecordSlice.Empty;
        return new LogRead(ErrorCode.None, records, highWatermark, lastStable, logStart, isCommittedOnly ? AbortedBetween(offset, records) : null);
    }

    /// <summary>The first record at or after a time. Null: there is none.</summary>
    public (long Offset, long TimestampMs)? FindTime(long timestampMs)
    {
        var from = LogStartOffset;
        foreach (var segment in _segments)
        {
            if (segment.MaxTimestamp >= timestampMs && segment.FindTime(timestampMs, from) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>The first record with the largest timestamp. Null: the log is empty.</summary>
    public (long Offset, long TimestampMs)? FindMaxTime()
    {
        var newest = _segments.Max(segment => segment.MaxTimestamp);
        return newest < 0 ? null : FindTime(newest);
    }

    /// <summary>Every batch from an offset on, as it lies in the log.</summary>
    public void Visit(long fromOffset, BatchVisitor visit)
    {
        foreach (var segment in _segments)
            segment.Visit(fromOffset, visit);
    }

    /// <summary>Raises the signal at the next append, or the next end of a transaction.</summary>
    public void Await(AppendSignal signal)
    {
        lock (_gate)
            _waiting.Add(signal);
    }

    public void Forget(AppendSignal signal)
    {
        lock (_gate)
            _waiting.Remove(signal);
    }

    /// <summary>Producers that wrote here and are remembered.</summary>
    public IReadOnlyList<T> SelectProducers<T>(Func<ProducerState, T> selector)
    {
        lock (_gate)
            return [.. _producers.All.Select(selector)];
    }

    /// <summary>Moves the log start forward, so that what is before can no longer be read, and deletes the segments it leaves behind.</summary>
    public ErrorCode DeleteBefore(long offset)
    {
        lock (_gate)
        {
            if (offset > _nextOffset || offset < 0)
                return ErrorCode.OffsetOutOfRange;
            if (offset <= _logStartOffset)
                return ErrorCode.None;
            MoveStart(offset);
            return ErrorCode.None;
        }
    }

    /// <summary>Deletes what its retention no longer covers, and forgets producers that were idle for long.</summary>
    public void Retain(long producerIdleMs)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            var nowMs = NowMs();
            _producers.ForgetIdle(nowMs - producerIdleMs);
            foreach (var closed in _segments.AsSpan()[..^1])
                closed.UnloadIndex();
            var start = Settings.IsDeleted ? RetentionCut.StartAfter(_segments, Settings, nowMs, _nextOffset) : null;
            if (start is not { } offset || offset <= _logStartOffset)
                return;
            // A transaction that is still open keeps its records.
            MoveStart(Math.Min(offset, _lastStableOffset));
        }
    }

    /// <summary>Saves what lets the next start skip its checks. Nothing is appended or read afterwards.</summary>
    public async Task CloseAsync()
    {
        await _flushing;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            WakeWaiting();
            Active.SaveIndex();
            ProducerSnapshot.Save(new LogPath(_folder, _nextOffset).Snapshot, _producers);
            DropOldSnapshots();
            new LogCheckpoint(_logStartOffset, _recoveryPoint, CleanEndOffset: _nextOffset).Save(_folder);
            foreach (var segment in _segments)
                segment.Dispose();
        }
    }

    /// <summary>Closes without saving, and removes the folder.</summary>
    public async Task DeleteAsync()
    {
        await _flushing;
        lock (_gate)
        {
            _isClosed = true;
            WakeWaiting();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private BatchHeader Write(Span<byte> batch, BatchHeader header, out AppendResult? refused)
    {
        refused = null;
        var nowMs = NowMs();
        BatchHeader.Assign(batch, _nextOffset, LeaderEpoch);
        if (Settings.HasLogAppendTime && !header.IsControl)
            BatchHeader.StampAppendTime(batch, nowMs);
        var assigned = BatchHeader.Read(batch);
        try
        {
            RollIfDue(batch.Length, header, nowMs);
            Active.Append(batch, assigned, Settings.IndexIntervalBytes, nowMs);
            if (Settings.FlushOnAppend)
                Active.Flush();
        }
        catch (IOException cause)
        {
            _logger.AppendRefused(cause, Partition, _nextOffset);
            refused = AppendResult.Refused(ErrorCode.KafkaStorageError, cause.Message);
        }

        return assigned;
    }

    private void Publish(in BatchHeader appended)
    {
        Volatile.Write(ref _nextOffset, appended.NextOffset);
        Volatile.Write(ref _lastStableOffset, _producers.FirstOpenOffset ?? appended.NextOffset);
        WakeWaiting();
    }

    private void WakeWaiting()
    {
        foreach (var signal in _waiting)
            signal.Raise();
        _waiting.Clear();
    }

    private void RollIfDue(int batchBytes, in BatchHeader header, long nowMs)
    {
        var active = Active;
        var isFull = active.SizeBytes > 0 && (long)active.SizeBytes + batchBytes > Settings.SegmentBytes;
        var isOld = active.FirstAppendedMs is { } first && nowMs - first > Settings.SegmentMs;
        var isFar = _nextOffset + header.LastOffsetDelta - active.BaseOffset > int.MaxValue;
        if (isFull || isOld || isFar)
            Roll(active);
    }

    private void Roll(LogSegment closed)
    {
        closed.SaveIndex();
        ProducerSnapshot.Save(new LogPath(_folder, _nextOffset).Snapshot, _producers);
        // From here on the new segment counts.
        _segments = [.. _segments, LogSegment.Create(_folder, _nextOffset)];
        // Forced to disk beside the appends, which go on; a crash before it is done costs a check of this segment, no data of the process.
        var end = _nextOffset;
        _flushing = _flushing.ContinueWith(_ => Checkpointed(closed, end), TaskScheduler.Default);
    }

    private void Checkpointed(LogSegment closed, long end)
    {
        try
        {
            closed.Flush();
            lock (_gate)
            {
                _recoveryPoint = Math.Max(_recoveryPoint, end);
                SaveCheckpoint();
                DropOldSnapshots();
            }
        }
        catch (IOException cause)
        {
            // The recovery point stays where it was: the next start checks more than it would have to.
            _logger.CheckpointFailed(cause, Partition, end);
        }
    }

    private void DropOldSnapshots()
    {
        // The newest is for a proper start, the one where the active segment begins for a recovery.
        foreach (var offset in LogPath.Offsets(_folder, LogPath.SnapshotExtension).SkipLast(1).Where(offset => offset != Active.BaseOffset))
            File.Delete(new LogPath(_folder, offset).Snapshot);
    }

    private void MoveStart(long offset)
    {
        Volatile.Write(ref _logStartOffset, offset);
        // The new start is on disk before any file goes, so that a crash between the two leaves nothing pointing at missing records.
        SaveCheckpoint();
        var kept = _segments;
        while (kept.Length > 1 && kept[1].BaseOffset <= offset)
        {
            kept[0].Delete();
            kept = kept[1..];
        }

        _segments = kept;
        _aborted.ForgetBefore(offset);
        _logger.LogStartMoved(Partition, offset);
    }

    private void SaveCheckpoint() => new LogCheckpoint(_logStartOffset, _recoveryPoint, CleanEndOffset: -1).Save(_folder);

    private RecordSlice ReadSegments(long offset, int bytesMax, long endOffset, bool isFirstWhole)
    {
        var segments = _segments;
        var first = segments.Length - 1;
        while (first > 0 && segments[first].BaseOffset > offset)
            first--;
        for (var i = first; i < segments.Length; i++)
        {
            if (segments[i].Read(offset, bytesMax, endOffset, isFirstWhole) is { } records)
                return records;
        }

        return RecordSlice.Empty;
    }

    private IReadOnlyList<AbortedTransaction> AbortedBetween(long offset, RecordSlice records)
    {
        if (records.SizeBytes == 0)
            return [];
        lock (_gate)
            return _aborted.Count == 0 ? [] : _aborted.Between(offset, BatchSpan.NextOffset(records.Bytes.Span));
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private string? Explain(ErrorCode error, in BatchHeader header) => error switch
    {
        ErrorCode.OutOfOrderSequenceNumber =>
            $"Producer {header.ProducerId} sent sequence {header.BaseSequence} after {_producers.Find(header.ProducerId)?.LastSequence} to {Partition}.",
        ErrorCode.InvalidProducerEpoch =>
            $"Producer {header.ProducerId} sent epoch {header.ProducerEpoch}, but {_producers.Find(header.ProducerId)?.Epoch} is known at {Partition}.",
        _ => null,
    };
}
