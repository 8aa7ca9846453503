using System.Globalization;
using Streaming.Broker.Log;

namespace Streaming.Broker.Topics;

/// <summary>Types of settings, with the numbers that the protocol gives them (KIP-226).</summary>
internal enum SettingType : sbyte
{
    Boolean = 1,
    Text = 2,
    Integer = 3,
    Long = 5,
    Number = 6,
    List = 7,
}

/// <summary>One setting a topic can have: Kafka's name, type and default, and what values it takes.</summary>
internal sealed record TopicSetting(string Name, SettingType Type, string Default, Func<string, bool> IsValid);

/// <summary>All topic settings that are known, and the meaning of those that the log obeys.</summary>
/// <remarks>Settings that make no sense on one node (tiering, throttles) are kept and shown, so that provisioning scripts work unchanged.
/// Source: Kafka documentation, "Topic Configs".</remarks>
internal static class TopicSettings
{
    // Some take lists of anything, and are kept.
    private const int ValueLengthMax = 32_767;

    private static readonly string[] Compressions = ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"];

    public static IReadOnlyDictionary<string, TopicSetting> All { get; } = new TopicSetting[]
    {
        new("cleanup.policy", SettingType.List, "delete", value => Items(value).All(item => item is "compact" or "delete") && Items(value).Length > 0),
        new("compression.type", SettingType.Text, "producer", Compressions.Contains),
        new("compression.gzip.level", SettingType.Integer, "-1", IsLong(-1, 9)),
        new("compression.lz4.level", SettingType.Integer, "9", IsLong(1, 17)),
        new("compression.zstd.level", SettingType.Integer, "3", IsLong(-131_072, 22)),
        new("delete.retention.ms", SettingType.Long, "86400000", IsLong(0)),
        new("file.delete.delay.ms", SettingType.Long, "60000", IsLong(0)),
        new("flush.messages", SettingType.Long, "9223372036854775807", IsLong(1)),
        new("flush.ms", SettingType.Long, "9223372036854775807", IsLong(0)),
        new("follower.replication.throttled.replicas", SettingType.List, "", _ => true),
        new("index.interval.bytes", SettingType.Integer, "4096", IsLong(0, int.MaxValue)),
        new("leader.replication.throttled.replicas", SettingType.List, "", _ => true),
        new("local.retention.bytes", SettingType.Long, "-2", IsLong(-2)),
        new("local.retention.ms", SettingType.Long, "-2", IsLong(-2)),
        new("max.compaction.lag.ms", SettingType.Long, "9223372036854775807", IsLong(1)),
        new("max.message.bytes", SettingType.Integer, "1048588", IsLong(0, int.MaxValue)),
        new("message.timestamp.after.max.ms", SettingType.Long, "3600000", IsLong(0)),
        new("message.timestamp.before.max.ms", SettingType.Long, "9223372036854775807", IsLong(0)),
        new("message.timestamp.type", SettingType.Text, "CreateTime", value => value is "CreateTime" or "LogAppendTime"),
        new("min.cleanable.dirty.ratio", SettingType.Number, "0.5", value => double.TryParse(value, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1),
        new("min.compaction.lag.ms", SettingType.Long, "0", IsLong(0)),
        new("min.insync.replicas", SettingType.Integer, "1", IsLong(1, int.MaxValue)),
        new("preallocate", SettingType.Boolean, "false", IsBoolean),
        new("remote.log.copy.disable", SettingType.Boolean, "false", IsBoolean),
        new("remote.log.delete.on.disable", SettingType.Boolean, "false", IsBoolean),
        new("remote.storage.enable", SettingType.Boolean, "false", value => value == "false"),
        new("retention.bytes", SettingType.Long, "-1", IsLong(-1)),
        new("retention.ms", SettingType.Long, "604800000", IsLong(-1)),
        new("segment.bytes", SettingType.Integer, "1073741824", IsLong(14, int.MaxValue)),
        new("segment.index.bytes", SettingType.Integer, "10485760", IsLong(4, int.MaxValue)),
        new("segment.jitter.ms", SettingType.Long, "0", IsLong(0)),
        new("segment.ms", SettingType.Long, "604800000", IsLong(1)),
        new("unclean.leader.election.enable", SettingType.Boolean, "false", IsBoolean),
    }.ToDictionary(setting => setting.Name);

    /// <summary>Why the settings cannot be: an unknown name, a value out of range, or two that contradict each other, the defaults counted in, too.
    /// Null: they can.</summary>
    public static string? Validate(IReadOnlyDictionary<string, string> settings, BrokerOptions options)
    {
        foreach (var (name, value) in settings)
        {
            if (!All.TryGetValue(name, out var setting))
                return $"Unknown topic config name: {name}";
            if (value.Length > ValueLengthMax)
                return $"The value of {name} has {value.Length} characters; {ValueLengthMax} at most are allowed.";
            if (!setting.IsValid(value))
                return $"Invalid value {value} for configuration {name}";
        }

        var (least, most) = (Number("min.compaction.lag.ms"), Number("max.compaction.lag.ms"));
        return least > most ? $"conflict topic config setting min.compaction.lag.ms ({least}) > max.compaction.lag.ms ({most})" : null;

        long Number(string name) => long.Parse(settings.TryGetValue(name, out var own) ? own : Default(name, options), CultureInfo.InvariantCulture);
    }

    /// <summary>The settings that the log obeys: the topic's own, else the broker's, else Kafka's default.</summary>
    public static LogSettings ForLog(IReadOnlyDictionary<string, string> settings, BrokerOptions options)
    {
        var policies = Items(Get("cleanup.policy"));
        return new LogSettings
        {
            SegmentBytes = (int)Number("segment.bytes"),
            SegmentMs = Number("segment.ms"),
            IndexIntervalBytes = (int)Number("index.interval.bytes"),
            IndexBytesMax = (int)Number("segment.index.bytes"),
            RetentionMs = Number("retention.ms"),
            RetentionBytes = Number("retention.bytes"),
            BatchBytesMax = (int)Number("max.message.bytes"),
            HasLogAppendTime = Get("message.timestamp.type") == "LogAppendTime",
            TimestampAheadMsMax = Math.Min(Number("message.timestamp.after.max.ms"), long.MaxValue / 2),
            IsDeleted = policies.Contains("delete"),
            IsCompacted = policies.Contains("compact"),
            MinCleanableDirtyRatio = double.Parse(Get("min.cleanable.dirty.ratio"), CultureInfo.InvariantCulture),
            MinCompactionLagMs = Number("min.compaction.lag.ms"),
            MaxCompactionLagMs = Number("max.compaction.lag.ms"),
            DeleteRetentionMs = Number("delete.retention.ms"),
            InflatedBatchBytesMax = options.Compaction.InflatedBatchBytesMax,
            ProducerIdsMax = options.ProducerIdsPerPartitionMax,
            FlushOnAppend = options.FlushOnAppend || Number("flush.messages") == 1,
        };

        string Get(string name) => settings.TryGetValue(name, out var own) ? own : Default(name, options);

        long Number(string name) => long.Parse(Get(name), CultureInfo.InvariantCulture);
    }

    /// <summary>The value that a topic has which does not set it.</summary>
    public static string Default(string name, BrokerOptions options) =>
        options.TopicDefaults.TryGetValue(name, out var value) ? value : All[name].Default;

    private static string[] Items(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsBoolean(string value) => value is "true" or "false";

    private static Func<string, bool> IsLong(long lowest, long highest = long.MaxValue) => value =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest;
}
