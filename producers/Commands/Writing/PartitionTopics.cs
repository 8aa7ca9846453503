using Confluent.Kafka;
using Streaming.Contracts.Topics;

namespace Streaming.Commands.Writing;

/// <summary>One partition of a context: the same number in each of its topics.</summary>
internal sealed record PartitionTopics(
    TopicPartition Commands, TopicPartition Results, TopicPartition Events, TopicPartition Snapshots, TopicPartition Erasures)
{
    public IReadOnlyList<TopicPartition> All => [Commands, Results, Events, Snapshots, Erasures];

    /// <param name="topics">With the installation's prefix.</param>
    public static PartitionTopics Of(ContextTopics topics, int partition) => new(
        new(topics.Commands.Name, partition),
        new(topics.Results.Name, partition),
        new(topics.Events.Name, partition),
        new(topics.Snapshots.Name, partition),
        new(topics.Erasures.Name, partition));
}
