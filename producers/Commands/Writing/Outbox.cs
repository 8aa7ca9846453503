using Confluent.Kafka;

namespace Streaming.Commands.Writing;

/// <summary>What a batch writes, in order. Filled while deciding, sent in one transaction piece by piece, each time emptied and used again.</summary>
internal sealed class Outbox(PartitionTopics topics)
{
    private const int FullRecords = 100;

    private readonly List<(TopicPartition To, Message<byte[], byte[]> Message)> _records = [];

    public IReadOnlyList<(TopicPartition To, Message<byte[], byte[]> Message)> Records => _records;

    /// <summary>Enough to be sent. Whoever collects thousands keeps them from the garbage collector just long enough to have each moved.</summary>
    public bool IsFull => _records.Count >= FullRecords;

    public void Event(Message<byte[], byte[]> message) => _records.Add((topics.Events, message));

    public void Result(Message<byte[], byte[]> message) => _records.Add((topics.Results, message));

    public void Snapshot(Message<byte[], byte[]> message) => _records.Add((topics.Snapshots, message));

    public void Erasure(Message<byte[], byte[]> message) => _records.Add((topics.Erasures, message));

    /// <summary>Asks an aggregate of another context.</summary>
    public void Request(TopicPartition to, Message<byte[], byte[]> message) => _records.Add((to, message));

    /// <summary>Passes a record on to another partition of its topic.</summary>
    public void Forward(TopicPartition to, Message<byte[], byte[]> message) => _records.Add((to, message));

    public void Clear() => _records.Clear();
}
