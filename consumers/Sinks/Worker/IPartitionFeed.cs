using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>What a partition's worker asks of the cluster, and of the consumer that feeds it.</summary>
internal interface IPartitionFeed
{
    /// <summary>Looks at the partition as it is now.</summary>
    Task<PartitionFacts> LookAsync(CancellationToken cancellationToken);

    /// <summary>Delivers records from <paramref name="offset"/> on into a queue of the worker's; what was under way before is dropped.</summary>
    void Start(long offset, PartitionQueue queue);

    /// <summary>Fetches nothing more until <see cref="Resume"/>.</summary>
    void Pause();

    void Resume();

    /// <summary>Commits the group's offset and returns when the cluster has confirmed it.</summary>
    Task CommitAsync(long offset);
}

/// <param name="Source">Which partition it is, by the ids of cluster and topic.</param>
/// <param name="GroupCommitted">The consumer group's offset; null for none.</param>
/// <param name="LogStart">First offset that is there.</param>
/// <param name="LogEnd">The offset that the next record gets.</param>
internal sealed record PartitionFacts(SourcePartition Source, long? GroupCommitted, long LogStart, long LogEnd);
