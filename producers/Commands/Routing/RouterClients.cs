using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Writing;
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

    /// <summary>The transactional id of whoever owns the partition and has chosen it for its producer.</summary>
    public string IdOf(TopicPartition partition) => $"{Group}-{partition.Topic}-{partition.Partition.Value}";

    /// <summary>A transactional id that nobody else has.</summary>
    public string OwnId() => $"{Group}-{Guid.NewGuid():N}";

    public IProducer<byte[], byte[]> TransactionalProducer(string id) => TransactionalProducers.Build(Transactional(id), Group, logger);

    /// <summary>For nothing but to end what others left open under the id.</summary>
    public IProducer<byte[], byte[]> EndingProducer(string id)
    {
        var config = Transactional(id);
        config.EnableBackgroundPoll = false;    // There will be no reports, and a poll under way is waited for when the client is disposed.
        return TransactionalProducers.Build(config, Group, logger);
    }

    private ProducerConfig Transactional(string id) => TransactionalProducers.Config(kafka.ToClientConfig(), id, options.TransactionTimeoutMs);
}
