using Confluent.Kafka;
using Streaming.Contracts.Topics;

namespace Streaming.Commands.Tests.Running;

/// <summary>What a topic holds for readers of committed records.</summary>
internal static class CommittedRecords
{
    /// <summary>From start to end, each partition in its order.</summary>
    public static List<ConsumeResult<byte[], byte[]>> Of(string bootstrapServers, TopicDefinition topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "unused",
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 10,        // The end is reported after this wait.
            EnableAutoCommit = false,
        }).Build();
        consumer.Assign(Enumerable.Range(0, topic.PartitionCount).Select(partition => new TopicPartitionOffset(topic.Name, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        for (var ends = 0; ends < topic.PartitionCount;)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(10)) ?? throw new TimeoutException($"{topic.Name} cannot be read.");
            if (record.IsPartitionEOF)
                ends++;
            else
                records.Add(record);
        }

        return records;
    }
}
