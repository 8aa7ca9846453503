using Confluent.Kafka;

namespace Streaming.LogChecker;

/// <summary>Reads what is committed, up to where the topics end when it is asked.</summary>
public sealed class CommittedRecords : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<string, int> _partitions;

    /// <param name="group">librdkafka wants one; nothing is committed under it.</param>
    public CommittedRecords(string bootstrapServers, string group)
    {
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = group,
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 20,                // At the end of a partition nothing is worth waiting for.
        }).Build();
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        _partitions = admin.GetMetadata(RequestTimeout).Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
    }

    /// <param name="topic">None that does not exist has a record.</param>
    /// <param name="from">Where to begin in a partition; null: at the beginning of each.</param>
    /// <remarks>To the ends as they are now, open transactions included: an end of partition alone could be said while one is still being decided.</remarks>
    public IEnumerable<ConsumeResult<byte[], byte[]>> Of(string topic, CancellationToken late, Func<int, Offset>? from = null)
    {
        if (!_partitions.TryGetValue(topic, out var count))
            yield break;
        var all = Enumerable.Range(0, count).Select(partition => new TopicPartition(topic, partition)).ToList();
        _consumer.Assign(all.Select(partition => new TopicPartitionOffset(partition, from?.Invoke(partition.Partition) ?? Offset.Beginning)));
        var ends = all.ToDictionary(partition => partition, partition => _consumer.QueryWatermarkOffsets(partition, RequestTimeout).High.Value);
        while (ends.Count > 0)
        {
            var record = _consumer.Consume(late);
            if (!record.IsPartitionEOF)
                yield return record;
            else if (ends.TryGetValue(record.TopicPartition, out var end) && record.Offset.Value >= end)
                ends.Remove(record.TopicPartition);
        }

        _consumer.Unassign();
    }

    public void Dispose() => _consumer.Dispose();
}
