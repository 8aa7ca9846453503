using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>Which member of a group has which partition at the moment, by what the members are told in their callbacks.</summary>
internal sealed class PartitionOwners
{
    private readonly ConcurrentDictionary<TopicPartition, object> _owners = [];
    private readonly ConcurrentQueue<string> _conflicts = [];

    /// <summary>What two members were to have at the same time.</summary>
    public IReadOnlyList<string> Conflicts => [.. _conflicts];

    public void Take(object owner, TopicPartition partition)
    {
        if (_owners.GetOrAdd(partition, owner) != owner)
            _conflicts.Enqueue($"{partition} is assigned to a second member");
    }

    public void GiveUp(object owner, TopicPartition partition) => _owners.TryRemove(KeyValuePair.Create(partition, owner));
}
