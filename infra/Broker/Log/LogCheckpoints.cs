using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Log;

/// <summary>Keeps what the folder says beside its records: log start, recovery point, snapshots of the producers. Under the lock of the log, but for what
/// runs beside the appends: forcing closed segments to disk.</summary>
internal sealed class LogCheckpoints(TopicPartition partition, string folder, RecoveredLog recovered, Lock gate, ILogger logger)
{
    private long _logStartOffset = recovered.LogStartOffset;
    private long _recoveryPoint = recovered.RecoveryPoint;
    private long _activeBaseOffset = recovered.Segments[^1].BaseOffset;

    public long LogStartOffset => Volatile.Read(ref _logStartOffset);

    /// <summary>Done when every closed segment is on disk.</summary>
    public Task Flushed { get; private set; } = Task.CompletedTask;

    /// <summary>On return the new start is on disk, so that files may go: a crash leaves nothing pointing at missing records.</summary>
    public void MoveStart(long offset)
    {
        Volatile.Write(ref _logStartOffset, offset);
        Save(cleanEndOffset: -1);
    }

    /// <summary>A segment was closed, its successor begins at an offset: the producers are saved as they are there, and the segment is forced to disk
    /// beside the appends, which go on. A crash before that is done costs a check of this segment, no data of the process.</summary>
    public void Rolled(LogSegment closed, long nextOffset, ProducerStates producers)
    {
        ProducerSnapshot.Save(new LogPath(folder, nextOffset).Snapshot, producers);
        _activeBaseOffset = nextOffset;
        Flushed = Flushed.ContinueWith(_ => Flush(closed, nextOffset), TaskScheduler.Default);
    }

    /// <summary>The log was closed properly at an offset.</summary>
    public void Closed(long nextOffset, ProducerStates producers)
    {
        ProducerSnapshot.Save(new LogPath(folder, nextOffset).Snapshot, producers);
        DropOldSnapshots();
        Save(cleanEndOffset: nextOffset);
    }

    private void Flush(LogSegment closed, long end)
    {
        try
        {
            closed.Flush();
            lock (gate)
            {
                _recoveryPoint = Math.Max(_recoveryPoint, end);
                Save(cleanEndOffset: -1);
                DropOldSnapshots();
            }
        }
        catch (IOException cause)
        {
            // The recovery point stays where it was: the next start checks more than it would have to.
            logger.CheckpointFailed(cause, partition, end);
        }
    }

    private void Save(long cleanEndOffset) => new LogCheckpoint(_logStartOffset, _recoveryPoint, cleanEndOffset).Save(folder);

    private void DropOldSnapshots()
    {
        // The newest is for a proper start, the one where the active segment begins for a recovery.
        foreach (var offset in LogPath.Offsets(folder, LogPath.SnapshotExtension).SkipLast(1).Where(offset => offset != _activeBaseOffset))
            File.Delete(new LogPath(folder, offset).Snapshot);
    }
}
