using Microsoft.Extensions.Logging;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Log;

/// <summary>What a partition's folder holds, made whole.</summary>
internal sealed record RecoveredLog(
    IReadOnlyList<LogSegment> Segments, ProducerStates Producers, AbortedTransactions Aborted, long NextOffset, long LogStartOffset, long RecoveryPoint);

/// <summary>Opens a partition's folder. After a proper close everything is taken as it was saved; otherwise every batch from the last checkpoint on is
/// checked by its CRC, the first bad one and what follows is cut off, and indexes and producer state are rebuilt.</summary>
internal sealed class LogRecovery
{
    private readonly TopicPartition _partition;
    private readonly string _folder;
    private readonly LogSettings _settings;
    private readonly ILogger _logger;
    private readonly List<LogSegment> _segments = [];
    private readonly ProducerStates _producers = new();
    private readonly AbortedTransactions _aborted = new();
    private LogPath _indexed;
    private long _producersUpTo;
    private long _nextOffset;

    private LogRecovery(TopicPartition partition, string folder, LogSettings settings, ILogger logger) =>
        (_partition, _folder, _settings, _logger) = (partition, folder, settings, logger);

    public static RecoveredLog Run(TopicPartition partition, string folder, LogSettings settings, ILogger logger) =>
        new LogRecovery(partition, folder, settings, logger).Run();

    private RecoveredLog Run()
    {
        var checkpoint = LogCheckpoint.Load(_folder);
        // From here on a crash must find the log open.
        (checkpoint with { CleanEndOffset = -1 }).Save(_folder);

        var bases = SegmentBases(checkpoint.LogStartOffset);
        if (bases.Count == 0)
        {
            _segments.Add(LogSegment.Create(_folder, checkpoint.LogStartOffset));
            _nextOffset = checkpoint.LogStartOffset;
        }
        else if (checkpoint.CleanEndOffset >= 0 && ProducerSnapshot.TryLoad(new LogPath(_folder, checkpoint.CleanEndOffset).Snapshot, _producers))
        {
            OpenClean(bases, checkpoint.CleanEndOffset);
        }
        else
        {
            _producers.Clear();
            Check(bases, checkpoint.RecoveryPoint);
        }

        // What is before the first segment was deleted, whatever the checkpoint says.
        var logStartOffset = Math.Clamp(checkpoint.LogStartOffset, _segments[0].BaseOffset, _nextOffset);
        return new RecoveredLog(_segments, _producers, _aborted, _nextOffset, logStartOffset, checkpoint.RecoveryPoint);
    }

    private void OpenClean(List<long> bases, long endOffset)
    {
        foreach (var baseOffset in bases)
        {
            _segments.Add(LogSegment.OpenTrusted(_folder, baseOffset, _settings.IndexIntervalBytes));
            _aborted.TryLoad(new LogPath(_folder, baseOffset).TransactionIndex);
        }

        _nextOffset = endOffset;
    }

    private void Check(List<long> bases, long recoveryPoint)
    {
        var checkedFrom = Math.Max(0, bases.FindLastIndex(baseOffset => baseOffset <= recoveryPoint));
        RestoreProducers(bases[checkedFrom]);
        for (var i = 0; i < bases.Count; i++)
        {
            if (i < checkedFrom)
                OpenTrusted(bases[i]);
            else if (CheckSegment(bases[i]) > 0)
                DeleteAfter(bases, i);
        }

        _logger.LogRecovered(_partition, bases[checkedFrom], _nextOffset);
    }

    // The newest snapshot that is not past the part to be checked; the batches after it are visited for the rest.
    private void RestoreProducers(long checkedFromOffset)
    {
        var usable = LogPath.Offsets(_folder, LogPath.SnapshotExtension).Where(offset => offset <= checkedFromOffset).Reverse();
        foreach (var offset in usable)
        {
            if (!ProducerSnapshot.TryLoad(new LogPath(_folder, offset).Snapshot, _producers))
                continue;
            _producersUpTo = offset;
            break;
        }

        foreach (var offset in LogPath.Offsets(_folder, LogPath.SnapshotExtension).Where(offset => offset > checkedFromOffset))
            File.Delete(new LogPath(_folder, offset).Snapshot);
    }

    private void OpenTrusted(long baseOffset)
    {
        var segment = LogSegment.OpenTrusted(_folder, baseOffset, _settings.IndexIntervalBytes);
        _segments.Add(segment);
        _aborted.TryLoad(segment.Path.TransactionIndex);
        segment.Visit(_producersUpTo, VisitForProducers);
    }

    private int CheckSegment(long baseOffset)
    {
        _indexed = new LogPath(_folder, baseOffset);
        File.Delete(_indexed.TransactionIndex);
        _nextOffset = baseOffset;
        var (segment, cutBytes) = LogSegment.Recover(_folder, baseOffset, _settings.IndexIntervalBytes, VisitChecked);
        _segments.Add(segment);
        if (cutBytes > 0)
            _logger.LogTruncated(_partition, _nextOffset, cutBytes);
        return cutBytes;
    }

    private void DeleteAfter(List<long> bases, int index)
    {
        foreach (var baseOffset in bases.Skip(index + 1))
        {
            _logger.SegmentDropped(_partition, baseOffset);
            foreach (var file in new LogPath(_folder, baseOffset).All)
                File.Delete(file);
        }

        bases.RemoveRange(index + 1, bases.Count - index - 1);
    }

    private void VisitForProducers(in BatchHeader header, BatchScanner scanner)
    {
        if (header.HasProducer && header.BaseOffset >= _producersUpTo)
            Replay(header, scanner);
    }

    private void VisitChecked(in BatchHeader header, BatchScanner scanner)
    {
        if (header.HasProducer && header.BaseOffset >= _producersUpTo && Replay(header, scanner) is { } aborted)
            _aborted.Add(aborted, _indexed);
        _nextOffset = header.NextOffset;
    }

    private AbortedTransaction? Replay(in BatchHeader header, BatchScanner scanner)
    {
        long? start = null;
        if (header.IsControl)
            start = _producers.Ended(header, coordinatorEpoch: 0);
        else
            _producers.Wrote(header);
        _producers.Limit(_settings.ProducerIdsMax);
        var isAborted = start is not null && ControlMarker.IsCommit(scanner.Batch()) == false;
        return isAborted
            ? new AbortedTransaction(header.ProducerId, start!.Value, header.BaseOffset, _producers.FirstOpenOffset ?? header.NextOffset)
            : null;
    }

    // Segments wholly below the log start were being deleted when the broker stopped.
    private List<long> SegmentBases(long logStartOffset)
    {
        var bases = LogPath.Offsets(_folder, LogPath.LogExtension);
        while (bases.Count > 1 && bases[1] <= logStartOffset)
        {
            foreach (var file in new LogPath(_folder, bases[0]).All)
                File.Delete(file);
            bases.RemoveAt(0);
        }

        return bases;
    }
}
