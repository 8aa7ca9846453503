using System.Globalization;

namespace Streaming.Broker.Groups.Settings;

/// <summary>All settings that a single group can have.</summary>
/// <remarks>
/// Left out are those of share groups and of Kafka Streams' own groups, which this broker does not have. Unlike Kafka, which sees only whether what is set contradicts
/// Kafka's own defaults, what is set must fit the broker's. Source: Kafka documentation, "Group Configs"; KIP-848.
/// </remarks>
internal static class GroupSettings
{
    private const string HeartbeatName = "consumer.heartbeat.interval.ms";
    private const string SessionName = "consumer.session.timeout.ms";

    private static readonly GroupSetting _heartbeat = new(
        HeartbeatName, options => options.ConsumerHeartbeatIntervalMs, options => options.ConsumerHeartbeatIntervalMsMin, options => options.ConsumerHeartbeatIntervalMsMax);

    private static readonly GroupSetting _session = new(
        SessionName, options => options.ConsumerSessionTimeoutMs, options => options.ConsumerSessionTimeoutMsMin, options => options.ConsumerSessionTimeoutMsMax);

    /// <summary>By name, in ordinal order.</summary>
    public static IReadOnlyList<GroupSetting> All { get; } = [_heartbeat, _session];

    /// <summary>Why the settings cannot be: an unknown name, no number, a value out of the broker's bounds, or a session that a heartbeat would come too late for.
    /// Null: they can.</summary>
    public static string? Validate(IReadOnlyDictionary<string, string> settings, GroupOptions options)
    {
        foreach (var (name, value) in settings)
        {
            if (All.FirstOrDefault(one => one.Name == name) is not { } setting)
                return $"Unknown group config name: {name}";
            if (Refuse(setting, value, options) is { } reason)
                return reason;
        }

        var timing = Timing(settings, options);
        return timing.SessionTimeoutMs <= timing.HeartbeatIntervalMs ? $"{SessionName} must be greater than {HeartbeatName}" : null;
    }

    /// <summary>What the settings come to. A value from before the broker's bounds were drawn closer counts as the bound next to it.</summary>
    public static ConsumerTiming Timing(IReadOnlyDictionary<string, string> settings, GroupOptions options) =>
        new(Value(_session, settings, options), Value(_heartbeat, settings, options));

    /// <summary>A value that can be, as it is kept and shown: a number without blanks or a plus before it.</summary>
    public static string Plain(string value) => TryParse(value, out var number) ? number.ToString(CultureInfo.InvariantCulture) : value;

    private static string? Refuse(GroupSetting setting, string value, GroupOptions options)
    {
        if (!TryParse(value, out var number))
            return $"Invalid value {value} for configuration {setting.Name}: Not a number of type INT";
        if (number < 1)
            return $"Invalid value {number} for configuration {setting.Name}: Value must be at least 1";
        if (number < setting.Lowest(options))
            return $"{setting.Name} must be greater than or equal to {BoundName(setting, "min")}";
        return number > setting.Highest(options) ? $"{setting.Name} must be less than or equal to {BoundName(setting, "max")}" : null;
    }

    private static int Value(GroupSetting setting, IReadOnlyDictionary<string, string> settings, GroupOptions options) =>
        settings.TryGetValue(setting.Name, out var own) && TryParse(own, out var number)
            ? Math.Clamp(number, setting.Lowest(options), setting.Highest(options))
            : setting.Default(options);

    private static bool TryParse(string value, out int number) => int.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number);

    // "consumer.session.timeout.ms" is bounded by "group.consumer.min.session.timeout.ms".
    private static string BoundName(GroupSetting setting, string bound) => $"group.{setting.Name.Replace("consumer.", $"consumer.{bound}.", StringComparison.Ordinal)}";
}
