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

    /// <summary>A record cannot be handled, or the position makes no sense here. Restarting the host tries again.</summary>
    Stopped,
}

/// <summary>One partition of one sink, as health and metrics see it.</summary>
internal sealed class PartitionStatus(string topic, int partition, PartitionProgress progress)
{
    private readonly Lock _gate = new();
    private (PartitionState State, string? Reason) _now = (PartitionState.Opening, null);

    public string Topic { get; } = topic;
    public int Partition { get; } = partition;
    public PartitionProgress Progress { get; } = progress;

    public (PartitionState State, string? Reason) Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

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
            _ when Progress.StalledFor is var stalled && stalled > stallAfter =>
                $"{position} has written nothing for {stalled.TotalSeconds:0} s with {Progress.Lag} offsets to go",
            _ => null,
        };
    }
}
