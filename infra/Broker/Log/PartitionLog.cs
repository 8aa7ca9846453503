using Microsoft.Extensions.Logging;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>
/// The log of one partition: record batches in segments, appended by one at a time, read by any number.
/// </summary>
/// <remarks>
/// Invariants. Offsets rise without gaps as they are assigned. What is below <see cref="NextOffset"/> is whole in the page cache, or on disk where the
/// settings say so; on a single node that makes it the high watermark too. <see cref="LastStableOffset"/> is the first offset
/// of the oldest open transaction. Appends are under a lock rather than a queue: they are one write to the page cache, and the producer waits for it anyway.
/// Whoever wants them on disk waits outside the lock, for a flush that all share who came meanwhile (<see cref="PersistAsync"/>); until then no reader sees them.
/// Readers take no lock: they see a list of segments that is replaced, never changed, and of each the bytes that it had published.
/// </remarks>
internal sealed class PartitionLog
{
    /// <summary>There was never another leader than this broker.</summary>
    public const int LeaderEpoch = 0;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProducerStates _producers;
    private readonly AbortedTransactions _aborted;
    private readonly SegmentList _segments;
    private readonly LogCheckpoints _checkpoints;
    private readonly ReaderSignals _readers = new();
    private readonly SharedFlush _flush;
    private readonly Action<long> _reportDamage;    // Made once, not for every read.
    private long _endOffset;    // Where the next batch goes; ahead of the next offset only while appends wait for the disk.
    private long _nextOffset;
    private long _lastStableOffset;
    private long _damageReportedAt = -1;
    private bool _isClosed;
    private bool _isFlushFailed;

    private PartitionLog(TopicPartition partition, string folder, LogSettings settings, RecoveredLog recovered, TimeProvider time, ILogger logger)
    {
        (Partition, Settings, _folder, _time, _logger) = (partition, settings, folder, time, logger);
        (_producers, _aborted, _nextOffset) = (recovered.Producers, recovered.Aborted, recovered.NextOffset);
        _segments = new SegmentList(recovered.Segments);
        _checkpoints = new LogCheckpoints(partition, folder, recovered, _gate, logger);
        _endOffset = _nextOffset;
        _lastStableOffset = _producers.FirstOpenOffset ?? _nextOffset;
        _flush = new SharedFlush(Flush);
        _reportDamage = ReportDamage;
        Compaction = CompactionProgress.Load(folder);
    }

    public TopicPartition Partition { get; }

    /// <summary>Takes effect from the next append or retention check on.</summary>
    public LogSettings Settings { get; set; }

    /// <summary>Offset of the next record, of those that may be acknowledged and read; on this single node the high watermark.</summary>
    public long NextOffset => Volatile.Read(ref _nextOffset);

    public long LastStableOffset => Volatile.Read(ref _lastStableOffset);

    public long LogStartOffset => _checkpoints.LogStartOffset;

    public long SizeBytes => _segments.SizeBytes;

    /// <summary>How far it was compacted, and by whom.</summary>
    public CompactionProgress Compaction { get; }

    /// <summary>Done when every closed segment is on disk.</summary>
    public Task Flushed => _checkpoints.Flushed;

    /// <summary>Opens a partition's folder, creating it when missing, and recovers it when it was not closed.</summary>
    public static PartitionLog Open(TopicPartition partition, string folder, LogSettings settings, TimeProvider time, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        SegmentSwap.Resume(folder);
        var recovered = LogRecovery.Run(partition, folder, settings, logger);
        return new PartitionLog(partition, folder, settings, recovered, time, logger);
    }

    /// <summary>Appends one checked batch from a producer, assigning its offsets in place. It may be acknowledged once it is persisted.</summary>
    /// <param name="beginsAtZero">Whether a producer that is unknown here must begin at sequence 0: with an epoch for each transaction, what came before
    /// in this one is missing otherwise (KIP-890).</param>
    public AppendResult Append(Span<byte> batch, BatchHeader header, bool beginsAtZero = false)
    {
        if (batch.Length > Settings.BatchBytesMax)
            return AppendResult.Refused(ErrorCode.MessageTooLarge, $"A batch of {batch.Length} bytes; max.message.bytes is {Settings.BatchBytesMax}.");
        if (!Settings.HasLogAppendTime && header.MaxTimestamp > NowMs() + Settings.TimestampAheadMsMax)
            return AppendResult.Refused(ErrorCode.InvalidTimestamp, $"Timestamp {header.MaxTimestamp} is further ahead than message.timestamp.after.max.ms allows.");
        lock (_gate)
        {
            if (_isClosed)
                return AppendResult.Refused(ErrorCode.NotLeaderOrFollower);
            if (_isFlushFailed)
                return AppendResult.Refused(ErrorCode.KafkaStorageError, "A flush of this partition failed; it takes nothing until the broker is restarted.");
            if (header.HasProducer)
            {
                var (error, duplicate) = _producers.Check(header, beginsAtZero);
                if (error != ErrorCode.None)
                    return AppendResult.Refused(error, Explain(error, header));
                if (duplicate is { } written)
                    return new AppendResult(ErrorCode.None, written.BaseOffset, Settings.HasLogAppendTime ? written.TimestampMs : BatchHeader.NoTimestamp, null);
            }

            var appended = Write(batch, header, out var refused);
            if (refused is not null)
                return refused.Value;
            _producers.Wrote(appended);
            Appended(appended);
            return new AppendResult(ErrorCode.None, appended.BaseOffset, appended.HasLogAppendTime ? appended.MaxTimestamp : BatchHeader.NoTimestamp, null);
        }
    }

    /// <summary>Done when everything appended so far may be acknowledged: at once, or, where the settings say so, when it is on disk.</summary>
    /// <returns>None, or KAFKA_STORAGE_ERROR when the disk failed: what was not acknowledged may be lost.</returns>
    public async ValueTask<ErrorCode> PersistAsync()
    {
        if (Volatile.Read(ref _endOffset) == NextOffset)
            return ErrorCode.None;
        try
        {
            await _flush.RunAsync();
            return ErrorCode.None;
        }
        catch (IOException)
        {
            return ErrorCode.KafkaStorageError;
        }
    }

    /// <summary>As <see cref="PersistAsync"/>, for coordinators, which append under locks of their own.</summary>
    public ErrorCode Persist() => PersistAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Ends a producer's transaction in this partition. Harmless when none is open: the marker is then all there is.</summary>
    public ErrorCode AppendMarker(ProducerStamp producer, bool isCommit, int coordinatorEpoch)
    {
        lock (_gate)
        {
            if (_isClosed)
                return ErrorCode.NotLeaderOrFollower;
            if (_isFlushFailed)
                return ErrorCode.KafkaStorageError;
            if (IsFenced(producer))
                return ErrorCode.InvalidProducerEpoch;
            var batch = BatchBuilder.BuildMarker(producer, isCommit, coordinatorEpoch, NowMs());
            var marker = Write(batch, BatchHeader.Read(batch), out var refused);
            if (refused is not null)
                return refused.Value.Error;
            var start = _producers.Ended(marker, coordinatorEpoch);
            if (start is { } first && !isCommit)
                _aborted.Add(new AbortedTransaction(producer.ProducerId, first, marker.BaseOffset, _producers.FirstOpenOffset ?? marker.NextOffset), _segments.Active.Path);
            Appended(marker);
            return ErrorCode.None;
        }
    }

    /// <summary>Whether the producer is known here by a newer epoch.</summary>
    public bool IsFenced(ProducerStamp producer)
    {
        lock (_gate)
            return _producers.Find(producer.ProducerId)?.Epoch > producer.ProducerEpoch;
    }

    /// <summary>Whole batches from an offset on, up to the high watermark or, for committed reads, the last stable offset.</summary>
    /// <remarks>Batches that are damaged on disk are never returned: what is before them is, then CORRUPT_MESSAGE.</remarks>
    /// <param name="isFirstWhole">Whether the first batch is returned although it is larger than the limit, so that no batch blocks its consumer.</param>
    /// <param name="deferredBytesMax">How many may be read only when they are sent. A log with damage that is known reads immediately.</param>
    public LogRead Read(long offset, int bytesMax, bool isFirstWhole, bool isCommittedOnly, int deferredBytesMax = 0)
    {
        // The end is taken before the bytes: whatever is below it is in the segments.
        var highWatermark = NextOffset;
        var lastStable = LastStableOffset;
        var end = isCommittedOnly ? lastStable : highWatermark;
        var logStart = LogStartOffset;
        if (offset < logStart || offset > highWatermark)
            return new LogRead(ErrorCode.OffsetOutOfRange, RecordSlice.Empty, highWatermark, lastStable, logStart, null);
        var settings = Settings;
        Deferral? deferral = deferredBytesMax >= settings.DeferredBytesMin && Interlocked.Read(ref _damageReportedAt) < logStart
            ? new Deferral(settings.DeferredBytesMin, deferredBytesMax, settings.PieceBytes, _reportDamage)
            : null;
        while (true)
        {
            var removals = _segments.Removals;
            var records = offset < end && bytesMax > 0 ? _segments.Read(offset, bytesMax, end, isFirstWhole, deferral) : RecordSlice.Empty;
            if (records.DamagedAt is { } damagedAt)
                ReportDamage(damagedAt);
            if (records is { DamagedAt: not null, SizeBytes: 0 })
                return new LogRead(ErrorCode.CorruptMessage, records, highWatermark, lastStable, logStart, null);
            if (!isCommittedOnly)
                return new LogRead(ErrorCode.None, records, highWatermark, lastStable, logStart, null);
            if (TryFindAborted(offset, records, removals) is { } aborted)
                return new LogRead(ErrorCode.None, records, highWatermark, lastStable, logStart, aborted);
            records.Dispose();
        }
    }

    /// <summary>The first record at or after a time. Null: there is none.</summary>
    public (long Offset, long TimestampMs)? FindTime(long timestampMs) => _segments.FindTime(timestampMs, LogStartOffset);

    /// <summary>The first record with the largest timestamp. Null: the log is empty.</summary>
    public (long Offset, long TimestampMs)? FindMaxTime() => _segments.FindMaxTime(LogStartOffset);

    /// <summary>Every batch from an offset on, as it lies in the log.</summary>
    public void Visit(long fromOffset, BatchVisitor visit) => _segments.Visit(fromOffset, visit);

    /// <summary>Raises the signal at the next append, or the next end of a transaction.</summary>
    public void Await(AppendSignal signal)
    {
        lock (_gate)
            _readers.Add(signal);
    }

    public void Forget(AppendSignal signal)
    {
        lock (_gate)
            _readers.Remove(signal);
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
            if (offset <= LogStartOffset)
                return ErrorCode.None;
            try
            {
                MoveStart(offset);
                return ErrorCode.None;
            }
            catch (IOException cause)
            {
                _logger.CheckpointFailed(cause, Partition, offset);
                return ErrorCode.KafkaStorageError;
            }
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
            foreach (var closed in _segments.Closed)
                closed.UnloadIndex();
            var start = Settings.IsDeleted ? RetentionCut.StartAfter(_segments.All, Settings, nowMs, _nextOffset) : null;
            if (start is not { } offset || offset <= LogStartOffset)
                return;
            // A transaction that is still open keeps its records.
            MoveStart(Math.Min(offset, _lastStableOffset));
        }
    }

    /// <summary>What of the log may be compacted now.</summary>
    public CleanablePart CleanablePart() => Log.Compaction.CleanablePart.Of(_segments.All, LogStartOffset, LastStableOffset, Compaction, Settings, NowMs());

    /// <summary>What compaction works on, all of one moment.</summary>
    public CompactionView ViewForCompaction()
    {
        lock (_gate)
        {
            return new CompactionView(
                _folder, CleanablePart(), _segments.All, _aborted.ToList(),
                _producers.All.ToDictionary(producer => producer.ProducerId, producer => producer.KeptOffset));
        }
    }

    /// <summary>Puts the cleaned segment that was written beside neighbours into their place. Readers that have these go on reading them.</summary>
    /// <param name="untilOffset">Where the segment after the neighbours begins.</param>
    /// <param name="aborted">The aborted transactions in the cleaned segment that are still to be told.</param>
    /// <returns>False when the neighbours are no longer in the log.</returns>
    public bool TryReplace(IReadOnlyList<LogSegment> neighbours, long untilOffset, IReadOnlyList<AbortedTransaction> aborted)
    {
        lock (_gate)
        {
            if (_isClosed || !_segments.Contains(neighbours))
                return false;
            var baseOffset = neighbours[0].BaseOffset;
            foreach (var replaced in neighbours)
                replaced.KeepForReaders();
            _segments.Replace(neighbours, Compaction.Swap(
                _folder, baseOffset, untilOffset, () => LogSegment.OpenTrusted(_folder, baseOffset, Settings.IndexIntervalBytes, mayBeLast: true)));
            _aborted.Replace(baseOffset, untilOffset, aborted);
            return true;
        }
    }

    /// <summary>Closes an active segment whose first record waits longer than it may for compaction, which never touches an active one.</summary>
    public void RollForCompaction()
    {
        lock (_gate)
        {
            var isBound = Settings.IsCompacted && Settings.MaxCompactionLagMs < long.MaxValue;
            if (!_isClosed && isBound && _segments.Active.FirstAppendedMs is { } first && NowMs() - first > Settings.RollMs)
                Roll(_segments.Active);
        }
    }

    /// <summary>Saves what lets the next start skip its checks. Nothing is appended or read afterwards.</summary>
    public async Task CloseAsync()
    {
        await Compaction.DisposeAsync();
        await Flushed;
        await PersistAsync();
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _readers.RaiseAll();
            _aborted.SaveLagging(_segments.Active.Path);
            _segments.Active.SaveIndex();
            _checkpoints.Closed(_endOffset, _producers);
            _segments.CloseAll();
        }
    }

    /// <summary>Closes without saving, and removes the folder.</summary>
    public async Task DeleteAsync()
    {
        await Compaction.DisposeAsync();
        await Flushed;
        lock (_gate)
        {
            _isClosed = true;
            _readers.RaiseAll();
            Directory.Delete(_folder, recursive: true);
            // The room that the files take is free once their handles are.
            _segments.CloseAll();
        }
    }

    /// <summary>Closes without saving: its folder is gone, or not to be kept.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isClosed = true;
            _segments.CloseAll();
        }
    }

    private BatchHeader Write(Span<byte> batch, BatchHeader header, out AppendResult? refused)
    {
        refused = null;
        var nowMs = NowMs();
        BatchHeader.Assign(batch, _endOffset, LeaderEpoch);
        if (Settings.HasLogAppendTime && !header.IsControl)
            BatchHeader.StampAppendTime(batch, nowMs);
        var assigned = BatchHeader.Read(batch);
        try
        {
            RollIfDue(batch.Length, header, nowMs);
            _segments.Active.Append(batch, assigned, Settings.IndexIntervalBytes, nowMs);
        }
        catch (IOException cause)
        {
            _logger.AppendRefused(cause, Partition, _endOffset);
            refused = AppendResult.Refused(ErrorCode.KafkaStorageError, cause.Message);
        }

        return assigned;
    }

    private void Appended(in BatchHeader appended)
    {
        _producers.Limit(Settings.ProducerIdsMax);
        Volatile.Write(ref _endOffset, appended.NextOffset);
        if (!Settings.FlushOnAppend)
            Publish(_endOffset, StableAtEnd());
    }

    private long StableAtEnd() => _producers.FirstOpenOffset ?? _endOffset;

    private void Publish(long endOffset, long stableOffset)
    {
        // Behind already, where the settings changed while a flush ran.
        if (endOffset < _nextOffset)
            return;
        Volatile.Write(ref _nextOffset, endOffset);
        Volatile.Write(ref _lastStableOffset, stableOffset);
        _readers.RaiseAll();
    }

    // What is appended from here on is for the next flush. Segments before the active one were flushed when they were closed.
    private void Flush()
    {
        LogSegment active;
        long endOffset, stableOffset;
        lock (_gate)
        {
            if (_isFlushFailed)
                throw new IOException($"{Partition} could not be flushed before.");
            (active, endOffset, stableOffset) = (_segments.Active, _endOffset, StableAtEnd());
        }

        try
        {
            Settings.Flush(active);
        }
        catch (IOException cause)
        {
            // The system may have dropped what it could not write, and call the next flush a success.
            lock (_gate)
                _isFlushFailed = true;
            _logger.FlushFailed(cause, Partition, NextOffset);
            throw;
        }

        lock (_gate)
            Publish(endOffset, stableOffset);
    }

    private void RollIfDue(int batchBytes, in BatchHeader header, long nowMs)
    {
        var active = _segments.Active;
        var isFull = active.SizeBytes > 0
            && ((long)active.SizeBytes + batchBytes > Settings.SegmentBytes || active.IndexBytes >= Settings.IndexBytesMax);
        var isOld = active.FirstAppendedMs is { } first && nowMs - first > Settings.RollMs;
        var isFar = _endOffset + header.LastOffsetDelta - active.BaseOffset > int.MaxValue;
        if (isFull || isOld || isFar)
            Roll(active);
    }

    private void Roll(LogSegment closed)
    {
        // First, because the system may refuse it: then the old one goes on as if nothing had been.
        var next = LogSegment.Create(_folder, _endOffset);
        try
        {
            _aborted.SaveLagging(closed.Path);
            closed.SaveIndex();
            if (Settings.FlushOnAppend)
                Settings.Flush(closed);
            _checkpoints.Rolled(closed, _endOffset, _producers);
        }
        catch (IOException)
        {
            next.Dispose();
            next.Delete();
            throw;
        }

        _segments.Add(next);
    }

    private void MoveStart(long offset)
    {
        try
        {
            _checkpoints.MoveStart(offset);
        }
        catch (IOException)
        {
            // On a full disk, what goes makes the room. After a crash in between, the log starts where its first segment does.
            _segments.DeleteBefore(offset);
            _checkpoints.MoveStart(offset);
        }

        _segments.DeleteBefore(offset);
        _aborted.ForgetBefore(offset);
        _logger.LogStartMoved(Partition, offset);
    }

    // Null when records were taken out of the log meanwhile: what was aborted of those that were read may be forgotten by now.
    private IReadOnlyList<AbortedTransaction>? TryFindAborted(long offset, RecordSlice records, int removals)
    {
        if (records.SizeBytes == 0)
            return [];
        lock (_gate)
        {
            if (_segments.Removals != removals)
                return null;
            return _aborted.Count == 0 ? [] : _aborted.Between(offset, records.EndOffset);
        }
    }

    // Once for each place, not for each time that a consumer asks for it.
    private void ReportDamage(long offset)
    {
        if (Interlocked.Exchange(ref _damageReportedAt, offset) != offset)
            _logger.RecordsDamaged(Partition, offset);
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
