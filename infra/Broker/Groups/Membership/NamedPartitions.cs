using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>Some partitions of one topic, as classic consumers name them among themselves.</summary>
internal sealed record NamedPartitions(string Topic, IReadOnlyList<int> Partitions)
{
    public static NamedPartitions Read(ref WireReader reader) => new(reader.ReadString(), reader.ReadInt32Array());

    public void Write(WireWriter writer)
    {
        writer.WriteString(Topic);
        writer.WriteInt32Array(Partitions);
    }

    /// <summary>The partitions by the ids of their topics; those of topics that do not exist are left out.</summary>
    public static PartitionSet ToSet(IEnumerable<NamedPartitions> named, ITopicDirectory topics) => PartitionSet.Of(
        from one in named
        let topic = topics.FindShape(one.Topic)
        where topic is not null
        from partition in one.Partitions
        where (uint)partition < (uint)topic.PartitionCount
        select new TopicIdPartition(topic.Id, partition));

    /// <summary>The partitions by the names of their topics; those of topics that do not exist are left out.</summary>
    public static IReadOnlyList<NamedPartitions> Of(PartitionSet partitions, ITopicDirectory topics) =>
        [.. partitions.ByTopic.Where(one => topics.FindShape(one.TopicId) is not null).Select(one => new NamedPartitions(topics.FindShape(one.TopicId)!.Name, one.Partitions))];
}
