using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Hosting.Kafka;

namespace Streaming.Commands.Routing;

/// <summary>Builds the Kafka clients of a router: what its promises rest on is set here, over whatever the configuration says.</summary>
internal sealed class RouterClients(KafkaOptions kafka, RouterOptions options, string prefix, string context, ILogger logger)
{
    /// <summary>The consumer group that shares the partitions.</summary>
    public string Group { get; } = $"{prefix}{context}.router";

    public ConsumerBuilder<byte[], byte[]> GroupConsumer() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(kafka.ToClientConfig())
    {
        GroupId = Group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        SessionTimeoutMs = options.SessionTimeoutMs,
        HeartbeatIntervalMs = options.SessionTimeoutMs / 3,
        IsolationLevel = IsolationLevel.ReadCommitted,
        AutoOffsetReset = AutoOffsetReset.Earliest,     // A process that is new hears what was said before.
        EnableAutoCommit = false,                       // Offsets are committed by the transaction that writes the commands.
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,                      // To know that only markers are left, which are no lag.
    })
        .SetLogHandler((_, message) => logger.ConsumerTroubled(Group, message.Message))
        .SetErrorHandler((_, error) => logger.ConsumerTroubled(Group, error.Reason));

    /// <summary>A producer of this router alone: it is the group's metadata that fences, whichever partitions are ours (KIP-447).</summary>
    public IProducer<byte[], byte[]> TransactionalProducer() => new ProducerBuilder<byte[], byte[]>(new ProducerConfig(kafka.ToClientConfig())
    {
        TransactionalId = $"{Group}-{Guid.NewGuid():N}",
        TransactionTimeoutMs = options.TransactionTimeoutMs,
        MessageTimeoutMs = options.TransactionTimeoutMs * 9 / 10,       // librdkafka's own limit has to be lower than the transaction's.
        EnableIdempotence = true,
        EnableDeliveryReports = false,  // The commit flushes and fails when any record failed.
        LingerMs = 1,
        RetryBackoffMs = 5,             // While the markers of the transaction before are being written; 100 ms by default.
    })
        .SetLogHandler((_, message) => logger.ConsumerTroubled(Group, message.Message))
        .SetErrorHandler((_, error) => logger.ConsumerTroubled(Group, error.Reason))
        .Build();
}
