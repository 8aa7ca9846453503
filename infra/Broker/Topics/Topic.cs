using Streaming.Broker.Log;

namespace Streaming.Broker.Topics;

/// <summary>A topic with the logs of its partitions. Replaced, not changed, when partitions are added or settings altered.</summary>
internal sealed record Topic(string Name, Guid Id, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<PartitionLog> Partitions)
{
    /// <summary>Internal topics belong to coordinators: clients may read them, not write or delete them.</summary>
    public bool IsInternal => InternalTopics.IsInternal(Name);

    public PartitionLog? Find(int partition) => (uint)partition < (uint)Partitions.Count ? Partitions[partition] : null;
}
