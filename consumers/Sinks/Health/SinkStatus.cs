using System.Collections.Concurrent;

namespace Streaming.Sinks.Health;

/// <summary>Everything a sink's host says about itself: what it waits for at start, and its partitions.</summary>
internal sealed class SinkStatus
{
    private readonly ConcurrentDictionary<(string Topic, int Partition), PartitionStatus> _partitions = new();
    private volatile string? _problem = "starting";

    /// <summary>What keeps the whole sink from working; null when nothing does.</summary>
    public string? Problem
    {
        get => _problem;
        set => _problem = value;
    }

    public IEnumerable<PartitionStatus> Partitions => _partitions.Values.OrderBy(status => (status.Topic, status.Partition));

    public void Add(PartitionStatus status) => _partitions[(status.Topic, status.Partition)] = status;

    /// <summary>Removes exactly this one: the partition may have been given to us again in the meantime.</summary>
    public void Remove(PartitionStatus status) => _partitions.TryRemove(new((status.Topic, status.Partition), status));
}
