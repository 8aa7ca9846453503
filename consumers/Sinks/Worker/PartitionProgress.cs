using Streaming.Sinks.Events;

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

    public SinkMode Mode { get; private set; } = SinkMode.CatchUp;

    /// <summary>Where catch-up ends: the end of the log when the partition was taken over.</summary>
    public long LiveFrom { get; private set; }

    public void Begin(long nextOffset, long logEnd)
    {
        lock (_gate)
        {
            _writtenNext = _receivedNext = nextOffset;
            _endSeen = 0;
            _logEnd = LiveFrom = logEnd;
            _movedAt = time.GetTimestamp();
            Mode = nextOffset >= logEnd ? SinkMode.Live : SinkMode.CatchUp;
        }
    }

    /// <param name="offset">Of the record that came.</param>
    /// <param name="logEnd">End of the log, as the cluster told it with the record.</param>
    public void Received(long offset, long logEnd)
    {
        lock (_gate)
        {
            // Who had nothing to do has not stalled: the clock starts with the first record that is waiting.
            if (Position >= _receivedNext)
                _movedAt = time.GetTimestamp();
            _receivedNext = offset + 1;
            _logEnd = Math.Max(_receivedNext, logEnd);
        }
    }

    /// <summary>Nothing readable lies between the last record received and <paramref name="logEnd"/>: transaction markers at most.</summary>
    /// <returns>Whether this ended the catch-up.</returns>
    public bool ReachedEnd(long logEnd)
    {
        lock (_gate)
        {
            _endSeen = _logEnd = Math.Max(logEnd, _receivedNext);
            return GoLive();
        }
    }

    /// <returns>Whether this ended the catch-up.</returns>
    public bool Written(long nextOffset)
    {
        lock (_gate)
        {
            _writtenNext = nextOffset;
            _movedAt = time.GetTimestamp();
            return GoLive();
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

    private bool GoLive()
    {
        if (Mode == SinkMode.Live || Position < LiveFrom)
            return false;
        Mode = SinkMode.Live;
        return true;
    }
}
