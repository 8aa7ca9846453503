using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>How far a partition is: written by its worker and the consuming thread, read by metrics and health.</summary>
internal sealed class PartitionProgress(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _writtenNext;
    private long _receivedNext;
    private long _endSeen;
    private long _logEnd;
    private long _movedAt = time.GetTimestamp();
    private DateTimeOffset _waitingSince;
    private Func<long, SinkMode> _modeAt = _ => SinkMode.CatchUp;

    /// <summary>What the next event to handle is.</summary>
    public SinkMode Mode { get; private set; } = SinkMode.CatchUp;

    public void Begin(Checkpoint checkpoint, long logEnd)
    {
        lock (_gate)
        {
            _writtenNext = _receivedNext = checkpoint.NextOffset;
            _endSeen = 0;
            _logEnd = logEnd;
            _movedAt = time.GetTimestamp();
            _waitingSince = time.GetUtcNow();
            _modeAt = checkpoint.ModeAt;
            Mode = _modeAt(checkpoint.NextOffset);
        }
    }

    /// <param name="offset">Of the record that came.</param>
    /// <param name="recordedAt">Its timestamp.</param>
    /// <param name="logEnd">End of the log, as the cluster told it with the record.</param>
    public void Received(long offset, DateTimeOffset recordedAt, long logEnd)
    {
        lock (_gate)
        {
            // Who had nothing to do has not stalled: the clock starts with the first record that is waiting.
            if (Position >= _receivedNext)
                (_movedAt, _waitingSince) = (time.GetTimestamp(), recordedAt);
            _receivedNext = offset + 1;
            _logEnd = Math.Max(_receivedNext, logEnd);
        }
    }

    /// <summary>Nothing readable lies between the last record received and <paramref name="logEnd"/>: transaction markers at most.</summary>
    /// <returns>Whether another mode begins here.</returns>
    public bool ReachedEnd(long logEnd)
    {
        lock (_gate)
        {
            _endSeen = _logEnd = Math.Max(logEnd, _receivedNext);
            return ChangeMode();
        }
    }

    /// <param name="nextOffset">First offset that is not handled.</param>
    /// <param name="recordedAt">Timestamp of the last record that is.</param>
    /// <returns>Whether another mode begins here.</returns>
    public bool Written(long nextOffset, DateTimeOffset recordedAt)
    {
        lock (_gate)
        {
            _writtenNext = nextOffset;
            (_movedAt, _waitingSince) = (time.GetTimestamp(), recordedAt);
            return ChangeMode();
        }
    }

    /// <summary>Offsets between what is handled and the end of the log.</summary>
    public long Lag
    {
        get
        {
            lock (_gate)
                return Math.Max(0, _logEnd - Position);
        }
    }

    /// <summary>How old the oldest event is that is not handled, by its record's timestamp; zero without one. At most so old, where the last
    /// one handled stands for it.</summary>
    public TimeSpan LagTime
    {
        get
        {
            lock (_gate)
                return Lag > 0 && time.GetUtcNow() - _waitingSince is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }

    /// <summary>The offset that the next record gets, as far as is known.</summary>
    public long LogEnd
    {
        get
        {
            lock (_gate)
                return _logEnd;
        }
    }

    /// <summary>First offset that is not handled. Past the markers behind the last record, once that is written.</summary>
    public long NextOffset
    {
        get
        {
            lock (_gate)
                return Position;
        }
    }

    /// <summary>How long nothing was written although there is something to write.</summary>
    public TimeSpan StalledFor
    {
        get
        {
            lock (_gate)
                return Lag == 0 ? TimeSpan.Zero : time.GetElapsedTime(_movedAt);
        }
    }

    private long Position => _writtenNext >= _receivedNext ? Math.Max(_writtenNext, _endSeen) : _writtenNext;

    private bool ChangeMode()
    {
        var mode = _modeAt(Position);
        if (mode == Mode)
            return false;
        Mode = mode;
        return true;
    }
}
