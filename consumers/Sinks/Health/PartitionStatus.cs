using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Health;

/// <summary>What a partition's worker is doing, in words for an operator.</summary>
internal enum PartitionState
{
    /// <summary>Takes the partition over: fence, checkpoint, comparison.</summary>
    Opening,

    Running,

    /// <summary>Something failed that may pass; the partition is paused between the tries.</summary>
    Retrying,

    /// <summary>The group was moved forward by somebody; an operator has to confirm it.</summary>
    AwaitingAnswer,

    /// <summary>Somebody asked the sink to stand still.</summary>
    Paused,

    /// <summary>A record cannot be handled, or the position makes no sense here. Restarting the host tries again.</summary>
    Stopped,
}

/// <summary>One partition of one sink, as health and metrics see it.</summary>
internal sealed class PartitionStatus(string topic, int partition, PartitionProgress progress)
{
    private readonly Lock _gate = new();
    private long _eventCount;
    private (PartitionState State, string? Reason) _now = (PartitionState.Opening, null);

    public string Topic { get; } = topic;
    public int Partition { get; } = partition;
    public PartitionProgress Progress { get; } = progress;

    /// <summary>Dead letters of the partition that wait.</summary>
    public int ParkedCount { get; set; }

    /// <summary>Events written since the host has the partition.</summary>
    public long EventCount => Interlocked.Read(ref _eventCount);

    public int Epoch { get; private set; }

    /// <summary>Where a replay ends; 0 without one.</summary>
    public long ReplayUntil { get; private set; }

    public (PartitionState State, string? Reason) Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    public void Wrote(int eventCount) => Interlocked.Add(ref _eventCount, eventCount);

    public void Opened(Checkpoint checkpoint) => (Epoch, ReplayUntil) = (checkpoint.Epoch, checkpoint.ReplayUntil);

    public void Is(PartitionState state, string? reason = null)
    {
        lock (_gate)
            _now = (state, reason);
    }

    /// <summary>What is wrong, beginning with topic-partition@offset; null when nothing is.</summary>
    public string? Problem(TimeSpan stallAfter)
    {
        var (state, reason) = Now;
        var position = $"{Topic}-{Partition}@{Progress.NextOffset}";
        return state switch
        {
            PartitionState.Stopped => $"{Topic}-{Partition} stopped: {reason}",
            PartitionState.AwaitingAnswer => $"{position} waits: {reason}",
            PartitionState.Retrying => $"{position} tries again: {reason}",
            PartitionState.Paused => null,
            _ when Progress.StalledFor is var stalled && stalled > stallAfter =>
                $"{position} has written nothing for {stalled.TotalSeconds:0} s with {Progress.Lag} offsets to go",
            _ => null,
        };
    }
}
