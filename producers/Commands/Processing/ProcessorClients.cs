using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Writing;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.Commands.Processing;

/// <summary>Builds the Kafka clients of a processor: what its promises rest on is set here, over whatever the configuration says.</summary>
internal sealed class ProcessorClients(
    KafkaOptions kafka, CommandProcessorOptions options, ContextTopics topics, string prefix, ILogger logger)
{
    private const int QueuedMegabytesMax = 16;

    // How long librdkafka stops fetching when its queue is full. By default a whole second, in which a fast reader has long emptied it.
    private const int QueueBackoffMs = 10;

    private const int EndWaitMaxMs = 10;

    /// <summary>The consumer group that shares the partitions.</summary>
    public string Group { get; } = $"{prefix}{topics.Context}.command-processor";

    public ConsumerBuilder<byte[], byte[]> GroupConsumer() => new(new ConsumerConfig(kafka.ToClientConfig())
    {
        GroupId = Group,
        // Partitions that stay where they are go on being decided during a rebalance.
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        SessionTimeoutMs = options.SessionTimeoutMs,
        HeartbeatIntervalMs = options.SessionTimeoutMs / 3,
        // A command written within a transaction counts once that is committed; offsets in doubt are waited for.
        IsolationLevel = IsolationLevel.ReadCommitted,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,       // Offsets are committed by the transaction that writes the events.
        EnableAutoOffsetStore = false,
        QueuedMinMessages = options.QueuedRecordsMax,
        QueuedMaxMessagesKbytes = QueuedMegabytesMax * 1_024,
        FetchQueueBackoffMs = QueueBackoffMs,
        FetchWaitMaxMs = 500,
    });

    /// <summary>Reads a partition from wherever it is told to, outside the group.</summary>
    /// <param name="partition">For whose sake, in the logs.</param>
    public IConsumer<byte[], byte[]> RestoringConsumer(TopicPartition partition, bool withHeaders) => new ConsumerBuilder<byte[], byte[]>(
        new ConsumerConfig(kafka.ToClientConfig())
        {
            GroupId = $"{Group}.restoring",     // Asked for by the client, never used: nothing is committed.
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            // An end is only reported once the cluster has waited this long for more.
            FetchWaitMaxMs = EndWaitMaxMs,
            ConsumeResultFields = withHeaders ? "all" : "timestamp,topic",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            QueuedMaxMessagesKbytes = QueuedMegabytesMax * 1_024,
            FetchQueueBackoffMs = QueueBackoffMs,
        })
        .SetLogHandler((_, message) => logger.ConsumerTroubled(partition.Topic, message.Message))
        .SetErrorHandler((_, error) => logger.ConsumerTroubled(partition.Topic, error.Reason))
        .Build();

    /// <summary>The producer that stands for the ownership of a partition of the commands topic.</summary>
    public IProducer<byte[], byte[]> TransactionalProducer(TopicPartition partition)
    {
        // The topic's name carries the installation's prefix already.
        var config = TransactionalProducers.Config(kafka.ToClientConfig(), $"{partition.Topic}-{partition.Partition.Value}", options.TransactionTimeoutMs);
        config.BatchNumMessages = 10_000;
        config.QueueBufferingMaxMessages = 100_000;
        config.QueueBufferingMaxKbytes = 64 * 1_024;
        return TransactionalProducers.Build(config, partition.Topic, logger);
    }
}
