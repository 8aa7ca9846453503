using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Settings;

/// <summary>Everything of <see cref="BrokerOptions"/> that Apache Kafka has a name for, and the defaults of topics under the names that a broker gives them.</summary>
/// <remarks>Source: Kafka documentation, "Broker Configs", and "Server Default Property" of each topic config.</remarks>
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
        Number("group.consumer.max.size", options => options.Groups.ConsumerMembersMax, (options, value) => options.Groups.ConsumerMembersMax = value),
        Shown("group.consumer.migration.policy", SettingType.Text, _ => "disabled"),
        Number("group.consumer.session.timeout.ms", options => options.Groups.ConsumerSessionTimeoutMs, (options, value) => options.Groups.ConsumerSessionTimeoutMs = value),
        Shown("group.coordinator.rebalance.protocols", SettingType.List, _ => "classic,consumer"),
        Number("group.initial.rebalance.delay.ms", options => options.Groups.InitialRebalanceDelayMs, (options, value) => options.Groups.InitialRebalanceDelayMs = value),
        Number("group.max.session.timeout.ms", options => options.Groups.SessionTimeoutMsMax, (options, value) => options.Groups.SessionTimeoutMsMax = value),
        Number("group.max.size", options => options.Groups.MembersMax, (options, value) => options.Groups.MembersMax = value),
        Number("group.min.session.timeout.ms", options => options.Groups.SessionTimeoutMsMin, (options, value) => options.Groups.SessionTimeoutMsMin = value),
        Number("log.cleaner.backoff.ms", options => options.Compaction.IntervalMs, (options, value) => options.Compaction.IntervalMs = value, SettingType.Long),
        Number("log.cleaner.dedupe.buffer.size", options => options.Compaction.OffsetMapBytesMax, (options, value) => options.Compaction.OffsetMapBytesMax = value, SettingType.Long),
        Switch("log.cleaner.enable", options => options.Compaction.IsEnabled, (options, value) => options.Compaction.IsEnabled = value),
        Shown("log.dirs", SettingType.Text, options => options.DataDirectory),
        Number("log.retention.check.interval.ms", options => options.RetentionCheckIntervalMs, (options, value) => options.RetentionCheckIntervalMs = value, SettingType.Long),
        Number("max.connections", options => options.ConnectionsMax, (options, value) => options.ConnectionsMax = value),
        Number("max.incremental.fetch.session.cache.slots", options => options.FetchSessionsMax, (options, value) => options.FetchSessionsMax = value),
        Number("min.incremental.fetch.session.eviction.ms", options => options.FetchSessionIdleMs, (options, value) => options.FetchSessionIdleMs = value),
        Number("node.id", options => options.NodeId, (options, value) => options.NodeId = value),
        Number("num.partitions", options => options.DefaultPartitions, (options, value) => options.DefaultPartitions = value),
        Number("offset.metadata.max.bytes", options => options.Groups.OffsetMetadataBytesMax, (options, value) => options.Groups.OffsetMetadataBytesMax = value),
        Number("offsets.retention.minutes", options => options.Groups.OffsetsRetentionMinutes, (options, value) => options.Groups.OffsetsRetentionMinutes = value),
        Number("offsets.topic.num.partitions", options => options.Groups.OffsetsTopicPartitions, (options, value) => options.Groups.OffsetsTopicPartitions = value),
        Number("producer.id.expiration.ms", options => options.ProducerIdExpirationMs, (options, value) => options.ProducerIdExpirationMs = value),
        new("sasl.enabled.mechanisms", SettingType.List, options => options.Security.Mechanisms, (options, value) => options.Security.Mechanisms = value),
        Number("sasl.server.max.receive.size", options => options.Security.UnauthenticatedFrameBytesMax, (options, value) => options.Security.UnauthenticatedFrameBytesMax = value),
        Number("socket.request.max.bytes", options => options.FrameBytesMax, (options, value) => options.FrameBytesMax = value),
        Number("transaction.abort.timed.out.transaction.cleanup.interval.ms", options => options.TransactionCheckIntervalMs, (options, value) => options.TransactionCheckIntervalMs = value),
        Number("transaction.max.timeout.ms", options => options.TransactionTimeoutMsMax, (options, value) => options.TransactionTimeoutMsMax = value),
        Number("transactional.id.expiration.ms", options => options.TransactionalIdExpirationMs, (options, value) => options.TransactionalIdExpirationMs = value),
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

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, BrokerSetting> All { get; } = new SortedDictionary<string, BrokerSetting>(
        _own.Concat(TopicSettings.All.Values.Where(setting => !_ofTopicsOnly.Contains(setting.Name)).Select(DefaultOf)).ToDictionary(setting => setting.Name), StringComparer.Ordinal);

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

    private static BrokerSetting Number(string name, Func<BrokerOptions, int> get, Action<BrokerOptions, int> set, SettingType type = SettingType.Integer) => new(
        name, type, options => get(options).ToString(CultureInfo.InvariantCulture), (options, value) => set(options, int.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)));

    private static BrokerSetting Shown(string name, SettingType type, Func<BrokerOptions, string> get) => new(name, type, get, Write: null);

    // Its range is checked with all the others when the broker starts.
    private static BrokerSetting DefaultOf(TopicSetting setting) => new(
        _namesOnBroker.GetValueOrDefault(setting.Name, setting.Name), setting.Type,
        options => TopicSettings.Default(setting.Name, options), (options, value) => options.TopicDefaults[setting.Name] = value);
}
