using System.Globalization;
using Confluent.Kafka;
using Streaming.Hosting.Kafka;

namespace Streaming.Sinks.Worker;

/// <summary>How a sink's consumer is set up: what its promises rest on cannot be changed, the rest can (<c>Kafka:Client</c>).</summary>
internal static class ConsumerSettings
{
    private const string SessionTimeout = "session.timeout.ms";

    public static ConsumerConfig Create(KafkaOptions kafka, string group, string? instanceId) => new(WithDefaults(kafka.ToClientConfig()))
    {
        GroupId = group,
        GroupInstanceId = instanceId,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        // The destination knows where to begin. If the log has no such offset, nobody may guess another.
        AutoOffsetReset = AutoOffsetReset.Error,
        IsolationLevel = IsolationLevel.ReadCommitted,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        EnablePartitionEof = true,
        AllowAutoCreateTopics = false,
    };

    /// <summary>For who reads a few committed records beside the group, from an offset to the end.</summary>
    /// <param name="group">Asked for by the client, never joined, and nothing is committed.</param>
    public static ConsumerConfig OutsideGroups(KafkaOptions kafka, string group) => new(kafka.ToClientConfig())
    {
        GroupId = group,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
        EnablePartitionEof = true,
        FetchWaitMaxMs = 10,        // The end is reported after this wait.
        AllowAutoCreateTopics = false,
    };

    /// <summary>The same for who stays and waits for what comes.</summary>
    public static ConsumerConfig Following(KafkaOptions kafka, string group) => new(OutsideGroups(kafka, group)) { FetchWaitMaxMs = 500 };

    /// <summary>For what the sink writes to its own topics: dead letters, answers, reports.</summary>
    public static ProducerConfig Producer(KafkaOptions kafka) => new(kafka.ToClientConfig())
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 1,
    };

    /// <summary>How long a partition is its owner's for sure after a word to the group: half of the session time-out.</summary>
    public static TimeSpan LeaseOf(ConsumerConfig consumer) =>
        TimeSpan.FromMilliseconds(int.Parse(consumer.Get(SessionTimeout), CultureInfo.InvariantCulture) / 2);

    private static ClientConfig WithDefaults(ClientConfig config)
    {
        // A killed host's partitions go to another after ten seconds, not after librdkafka's forty-five.
        SetIfAbsent(config, SessionTimeout, "10000");
        SetIfAbsent(config, "heartbeat.interval.ms", "1000");
        // Enough ahead for the sinks' speed; more would be thrown away when a partition pauses.
        SetIfAbsent(config, "queued.max.messages.kbytes", "32768");
        SetIfAbsent(config, "fetch.queue.backoff.ms", "10");   // With a full queue librdkafka otherwise stops fetching for a whole second.
        SetIfAbsent(config, "fetch.wait.max.ms", "100");
        return config;
    }

    private static void SetIfAbsent(ClientConfig config, string name, string value)
    {
        if (config.Get(name) is null)
            config.Set(name, value);
    }
}
