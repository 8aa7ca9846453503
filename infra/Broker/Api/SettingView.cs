using System.Globalization;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Api;

/// <summary>Where the value of a setting comes from, with the protocol's numbers (KIP-226).</summary>
internal enum SettingSource : sbyte
{
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
}

/// <summary>A setting as clients see it.</summary>
internal readonly record struct SettingView(string Name, string Value, SettingSource Source, SettingType Type, bool IsReadOnly = false)
{
    /// <summary>All settings of a topic: its own, the broker's, and Kafka's defaults.</summary>
    public static IReadOnlyList<SettingView> All(IReadOnlyDictionary<string, string> own, BrokerOptions options) =>
    [
        .. TopicSettings.All.Values.OrderBy(setting => setting.Name, StringComparer.Ordinal).Select(setting => own.TryGetValue(setting.Name, out var value)
            ? new SettingView(setting.Name, value, SettingSource.Topic, setting.Type)
            : new SettingView(
                setting.Name, TopicSettings.Default(setting.Name, options),
                options.TopicDefaults.ContainsKey(setting.Name) ? SettingSource.StaticBroker : SettingSource.Default, setting.Type)),
    ];

    /// <summary>The broker's own settings, under Kafka's names for what means the same there. They are set at its start.</summary>
    public static IReadOnlyList<SettingView> OfBroker(BrokerOptions options) =>
    [
        Broker("auto.create.topics.enable", options.AutoCreateTopics ? "true" : "false", SettingType.Boolean),
        Broker("default.replication.factor", "1", SettingType.Integer),
        Broker("log.cleaner.backoff.ms", Number(options.Compaction.IntervalMs), SettingType.Long),
        Broker("log.cleaner.dedupe.buffer.size", Number(options.Compaction.OffsetMapBytesMax), SettingType.Long),
        Broker("log.cleaner.enable", options.Compaction.IsEnabled ? "true" : "false", SettingType.Boolean),
        Broker("log.dirs", options.DataDirectory, SettingType.Text),
        Broker("log.retention.check.interval.ms", Number(options.RetentionCheckIntervalMs), SettingType.Long),
        Broker("max.connections", Number(options.ConnectionsMax), SettingType.Integer),
        Broker("min.insync.replicas", "1", SettingType.Integer),
        Broker("node.id", Number(options.NodeId), SettingType.Integer),
        Broker("num.partitions", Number(options.DefaultPartitions), SettingType.Integer),
        Broker("offsets.topic.num.partitions", Number(options.Groups.OffsetsTopicPartitions), SettingType.Integer),
        Broker("socket.request.max.bytes", Number(options.FrameBytesMax), SettingType.Integer),
        Broker("transaction.max.timeout.ms", Number(options.TransactionTimeoutMsMax), SettingType.Integer),
    ];

    private static SettingView Broker(string name, string value, SettingType type) => new(name, value, SettingSource.StaticBroker, type, IsReadOnly: true);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
