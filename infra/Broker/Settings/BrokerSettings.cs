using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Numerics;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Settings;

/// <summary>Everything of <see cref="BrokerOptions"/> that Apache Kafka has a name for, the limits that it has not, and the defaults of topics under the names
/// that a broker gives them.</summary>
/// <remarks>docs/broker-settings.md lists them all. Source: Kafka documentation, "Broker Configs", and "Server Default Property" of each topic config.</remarks>
internal static class BrokerSettings
{
    private static readonly BrokerSetting[] _own =
    [
        Switch("auto.create.topics.enable", options => options.AutoCreateTopics, (options, value) => options.AutoCreateTopics = value),
        Number("connections.max.idle.ms", options => options.ConnectionIdleMsMax, (options, value) => options.ConnectionIdleMsMax = value, SettingType.Long),
        Shown("default.replication.factor", SettingType.Integer, _ => "1"),
        Number("fetch.max.bytes", options => options.FetchBytesMax, (options, value) => options.FetchBytesMax = value),
        new("group.consumer.assignors", SettingType.List, options => options.Groups.ConsumerAssignors, (options, value) => options.Groups.ConsumerAssignors = value),
        Number("group.consumer.heartbeat.interval.ms", options => options.Groups.ConsumerHeartbeatIntervalMs, (options, value) => options.Groups.ConsumerHeartbeatIntervalMs = value),
        Number("group.consumer.max.heartbeat.interval.ms", options => options.Groups.ConsumerHeartbeatIntervalMsMax, (options, value) => options.Groups.ConsumerHeartbeatIntervalMsMax = value),
        Number("group.consumer.max.session.timeout.ms", options => options.Groups.ConsumerSessionTimeoutMsMax, (options, value) => options.Groups.ConsumerSessionTimeoutMsMax = value),
        Number("group.consumer.max.size", options => options.Groups.ConsumerMembersMax, (options, value) => options.Groups.ConsumerMembersMax = value),
        Choice("group.consumer.migration.policy", options => options.Groups.ConsumerMigrationPolicy, (options, value) => options.Groups.ConsumerMigrationPolicy = value),
        Number("group.consumer.min.heartbeat.interval.ms", options => options.Groups.ConsumerHeartbeatIntervalMsMin, (options, value) => options.Groups.ConsumerHeartbeatIntervalMsMin = value),
        Number("group.consumer.min.session.timeout.ms", options => options.Groups.ConsumerSessionTimeoutMsMin, (options, value) => options.Groups.ConsumerSessionTimeoutMsMin = value),
        Number("group.consumer.session.timeout.ms", options => options.Groups.ConsumerSessionTimeoutMs, (options, value) => options.Groups.ConsumerSessionTimeoutMs = value),
        Shown("group.coordinator.rebalance.protocols", SettingType.List, _ => "classic,consumer"),
        Number("group.initial.rebalance.delay.ms", options => options.Groups.InitialRebalanceDelayMs, (options, value) => options.Groups.InitialRebalanceDelayMs = value),
        Number("group.max.session.timeout.ms", options => options.Groups.SessionTimeoutMsMax, (options, value) => options.Groups.SessionTimeoutMsMax = value),
        Number("group.max.size", options => options.Groups.MembersMax, (options, value) => options.Groups.MembersMax = value),
        Number("group.min.session.timeout.ms", options => options.Groups.SessionTimeoutMsMin, (options, value) => options.Groups.SessionTimeoutMsMin = value),
        Number("log.cleaner.backoff.ms", options => options.Compaction.IntervalMs, (options, value) => options.Compaction.IntervalMs = value, SettingType.Long),
        Number("log.cleaner.dedupe.buffer.size", options => options.Compaction.OffsetMapBytesMax, (options, value) => options.Compaction.OffsetMapBytesMax = value, SettingType.Long),
        Switch("log.cleaner.enable", options => options.Compaction.IsEnabled, (options, value) => options.Compaction.IsEnabled = value),
        new("log.cleaner.io.max.bytes.per.second", SettingType.Number, options => Pace(options.Compaction.BytesPerSecondMax), (options, value) => options.Compaction.BytesPerSecondMax = ParsePace(value)),
        Shown("log.dirs", SettingType.Text, options => options.DataDirectory),
        Number("log.retention.check.interval.ms", options => options.RetentionCheckIntervalMs, (options, value) => options.RetentionCheckIntervalMs = value, SettingType.Long),
        Number("max.connections", options => options.ConnectionsMax, (options, value) => options.ConnectionsMax = value),
        Number("max.connections.per.ip", options => options.ConnectionsPerAddressMax, (options, value) => options.ConnectionsPerAddressMax = value),
        Number("max.incremental.fetch.session.cache.slots", options => options.FetchSessionsMax, (options, value) => options.FetchSessionsMax = value),
        Number("min.incremental.fetch.session.eviction.ms", options => options.FetchSessionIdleMs, (options, value) => options.FetchSessionIdleMs = value),
        Number("node.id", options => options.NodeId, (options, value) => options.NodeId = value),
        Number("num.partitions", options => options.DefaultPartitions, (options, value) => options.DefaultPartitions = value),
        Number("offset.metadata.max.bytes", options => options.Groups.OffsetMetadataBytesMax, (options, value) => options.Groups.OffsetMetadataBytesMax = value),
        Number("offsets.retention.minutes", options => options.Groups.OffsetsRetentionMinutes, (options, value) => options.Groups.OffsetsRetentionMinutes = value),
        Number("offsets.topic.num.partitions", options => options.Groups.OffsetsTopicPartitions, (options, value) => options.Groups.OffsetsTopicPartitions = value),
        Number("producer.id.expiration.ms", options => options.ProducerIdExpirationMs, (options, value) => options.ProducerIdExpirationMs = value),
        Number("queued.max.request.bytes", options => options.QueuedRequestBytesMax, (options, value) => options.QueuedRequestBytesMax = value, SettingType.Long),
        new("sasl.enabled.mechanisms", SettingType.List, options => options.Security.Mechanisms, (options, value) => options.Security.Mechanisms = value),
        Number("sasl.server.max.receive.size", options => options.Security.UnauthenticatedFrameBytesMax, (options, value) => options.Security.UnauthenticatedFrameBytesMax = value),
        Number("socket.request.max.bytes", options => options.FrameBytesMax, (options, value) => options.FrameBytesMax = value),
        Number("transaction.abort.timed.out.transaction.cleanup.interval.ms", options => options.TransactionCheckIntervalMs, (options, value) => options.TransactionCheckIntervalMs = value),
        Number("transaction.max.timeout.ms", options => options.TransactionTimeoutMsMax, (options, value) => options.TransactionTimeoutMsMax = value),
        Number("transactional.id.expiration.ms", options => options.TransactionalIdExpirationMs, (options, value) => options.TransactionalIdExpirationMs = value),
    ];

    // Limits that Kafka leaves to its machine, named as it would.
    private static readonly BrokerSetting[] _additional =
    [
        Number("connections.max.handshake.ms", options => options.Security.HandshakeMsMax, (options, value) => options.Security.HandshakeMsMax = value),
        Number("max.group.member.bytes", options => options.Groups.MemberBytesMax, (options, value) => options.Groups.MemberBytesMax = value),
        Number("max.group.members.bytes", options => options.Groups.MembersBytesMax, (options, value) => options.Groups.MembersBytesMax = value),
        Number("max.groups", options => options.Groups.GroupsMax, (options, value) => options.Groups.GroupsMax = value),
        Number("max.groups.with.settings", options => options.Groups.GroupsWithSettingsMax, (options, value) => options.Groups.GroupsWithSettingsMax = value),
        Number("max.incremental.fetch.session.partitions", options => options.FetchSessionPartitionsMax, (options, value) => options.FetchSessionPartitionsMax = value),
        Number("max.inflated.batch.bytes", options => options.Compaction.InflatedBatchBytesMax, (options, value) => options.Compaction.InflatedBatchBytesMax = value),
        Number("max.partitions", options => options.PartitionsMax, (options, value) => options.PartitionsMax = value),
        Number("max.partitions.per.topic", options => options.PartitionsPerTopicMax, (options, value) => options.PartitionsPerTopicMax = value),
        Number("max.producer.ids.per.partition", options => options.ProducerIdsPerPartitionMax, (options, value) => options.ProducerIdsPerPartitionMax = value),
        Number("max.request.elements", options => options.RequestElementsMax, (options, value) => options.RequestElementsMax = value),
        Number("max.queued.record.bytes", options => options.QueuedRecordBytesMax, (options, value) => options.QueuedRecordBytesMax = value, SettingType.Long),
        Number("max.transactional.ids", options => options.TransactionalIdsMax, (options, value) => options.TransactionalIdsMax = value),
    ];

    // The topic's name for what the broker calls otherwise; the others have one name.
    private static readonly Dictionary<string, string> _namesOnBroker = new()
    {
        ["cleanup.policy"] = "log.cleanup.policy",
        ["delete.retention.ms"] = "log.cleaner.delete.retention.ms",
        ["file.delete.delay.ms"] = "log.segment.delete.delay.ms",
        ["flush.messages"] = "log.flush.interval.messages",
        ["flush.ms"] = "log.flush.interval.ms",
        ["index.interval.bytes"] = "log.index.interval.bytes",
        ["local.retention.bytes"] = "log.local.retention.bytes",
        ["local.retention.ms"] = "log.local.retention.ms",
        ["max.compaction.lag.ms"] = "log.cleaner.max.compaction.lag.ms",
        ["max.message.bytes"] = "message.max.bytes",
        ["message.timestamp.after.max.ms"] = "log.message.timestamp.after.max.ms",
        ["message.timestamp.before.max.ms"] = "log.message.timestamp.before.max.ms",
        ["message.timestamp.type"] = "log.message.timestamp.type",
        ["min.cleanable.dirty.ratio"] = "log.cleaner.min.cleanable.ratio",
        ["min.compaction.lag.ms"] = "log.cleaner.min.compaction.lag.ms",
        ["preallocate"] = "log.preallocate",
        ["retention.bytes"] = "log.retention.bytes",
        ["retention.ms"] = "log.retention.ms",
        ["segment.bytes"] = "log.segment.bytes",
        ["segment.index.bytes"] = "log.index.size.max.bytes",
        ["segment.jitter.ms"] = "log.roll.jitter.ms",
        ["segment.ms"] = "log.roll.ms",
    };

    // What makes sense for a topic alone has no name on the broker.
    private static readonly HashSet<string> _ofTopicsOnly =
    [
        "follower.replication.throttled.replicas", "leader.replication.throttled.replicas", "remote.storage.enable", "remote.log.copy.disable", "remote.log.delete.on.disable",
    ];

    /// <summary>Names of those that Kafka has not.</summary>
    public static IReadOnlySet<string> Additional { get; } = _additional.Select(setting => setting.Name).ToHashSet();

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, BrokerSetting> All { get; } = new SortedDictionary<string, BrokerSetting>(
        _own.Concat(_additional).Concat(TopicSettings.All.Values.Where(setting => !_ofTopicsOnly.Contains(setting.Name)).Select(DefaultOf)).ToDictionary(setting => setting.Name), StringComparer.Ordinal);

    /// <exception cref="ValidationException">There is no such setting, it cannot be set, or the value is not of its type.</exception>
    public static void Set(BrokerOptions options, string name, string value)
    {
        if (!All.TryGetValue(name, out var setting))
            throw new ValidationException($"{name} is no setting of the broker. There are: {string.Join(", ", All.Values.Where(one => one.Write is not null).Select(one => one.Name))}.");
        if (setting.Write is not { } write)
            throw new ValidationException($"{name} cannot be set.");
        try
        {
            write(options, value);
        }
        catch (Exception cause) when (cause is FormatException or OverflowException)
        {
            throw new ValidationException($"{name}={value}: {cause.Message}", cause);
        }
    }

    private static BrokerSetting Switch(string name, Func<BrokerOptions, bool> get, Action<BrokerOptions, bool> set) =>
        new(name, SettingType.Boolean, options => get(options) ? "true" : "false", (options, value) => set(options, bool.Parse(value)));

    private static BrokerSetting Number<T>(string name, Func<BrokerOptions, T> get, Action<BrokerOptions, T> set, SettingType type = SettingType.Integer)
        where T : struct, IBinaryInteger<T> => new(
            name, type, options => get(options).ToString(null, CultureInfo.InvariantCulture),
            (options, value) => set(options, T.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)));

    // Kafka writes choices small, and reads them in any case.
    private static BrokerSetting Choice<T>(string name, Func<BrokerOptions, T> get, Action<BrokerOptions, T> set)
        where T : struct, Enum => new(
            name, SettingType.Text, options => get(options).ToString().ToLowerInvariant(), (options, value) => set(options, Enum.TryParse<T>(value, ignoreCase: true, out var choice) && Enum.IsDefined(choice)
                ? choice
                : throw new FormatException($"there are {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.")));

    private static BrokerSetting Shown(string name, SettingType type, Func<BrokerOptions, string> get) => new(name, type, get, Write: null);

    // Kafka's way to say that there is no limit is the largest number there is.
    private static string Pace(long bytesPerSecond) => (bytesPerSecond == 0 ? double.MaxValue : bytesPerSecond).ToString(CultureInfo.InvariantCulture);

    private static long ParsePace(string value) => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture) is var pace && pace < long.MaxValue ? (long)pace : 0;

    // Its range is checked with all the others when the broker starts.
    private static BrokerSetting DefaultOf(TopicSetting setting) => new(
        _namesOnBroker.GetValueOrDefault(setting.Name, setting.Name), setting.Type,
        options => TopicSettings.Default(setting.Name, options), (options, value) => options.TopicDefaults[setting.Name] = value);
}
