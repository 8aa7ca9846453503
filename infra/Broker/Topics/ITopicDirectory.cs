namespace Streaming.Broker.Topics;

/// <summary>Which topics there are, for those who share out their partitions.</summary>
internal interface ITopicDirectory
{
    /// <summary>Rises with every topic or partition that comes or goes. What is looked up after it was read is at least as new.</summary>
    long Version { get; }

    /// <summary>By name, in ordinal order.</summary>
    IEnumerable<TopicShape> Topics { get; }

    TopicShape? FindShape(string name);

    TopicShape? FindShape(Guid id);

    bool Has(TopicPartition partition) => FindShape(partition.Topic) is { } topic && (uint)partition.Partition < (uint)topic.PartitionCount;
}

/// <summary>A topic as far as sharing it out goes.</summary>
/// <param name="Id">Another one for a topic that was deleted and made again under its name.</param>
internal sealed record TopicShape(string Name, Guid Id, int PartitionCount);
