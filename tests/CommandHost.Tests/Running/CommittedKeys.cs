using Confluent.Kafka;

namespace Streaming.CommandHost.Tests.Running;

/// <summary>What stands on a topic, for tests that look behind the API.</summary>
internal static class CommittedKeys
{
    private const int PartitionCount = 6;

    /// <summary>The keys of all committed records, partition by partition.</summary>
    public static Task<List<string>> OfAsync(KafkaFixture kafka, string topic) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string, Ignore>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "unused",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Assign(Enumerable.Range(0, PartitionCount).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var keys = new List<string>();
        for (var ended = 0; ended < PartitionCount;)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"{topic} does not end.");
            if (record.IsPartitionEOF)
                ended++;
            else
                keys.Add(record.Message.Key);
        }

        return keys;
    });
}
