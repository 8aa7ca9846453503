using System.Globalization;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Settings;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Api;

/// <summary>Where the value of a setting comes from, with the protocol's numbers (KIP-226).</summary>
internal enum SettingSource : sbyte
{
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
    Group = 8,
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
        [.. BrokerSettings.All.Values.Select(setting => new SettingView(setting.Name, setting.Read(options), SettingSource.StaticBroker, setting.Type, IsReadOnly: true))];

    /// <summary>All settings of a group: its own, and the broker's for all groups.</summary>
    public static IReadOnlyList<SettingView> OfGroup(IReadOnlyDictionary<string, string> own, GroupOptions options) =>
    [
        .. GroupSettings.All.Select(setting => own.TryGetValue(setting.Name, out var value)
            ? new SettingView(setting.Name, value, SettingSource.Group, SettingType.Integer)
            : new SettingView(setting.Name, setting.Default(options).ToString(CultureInfo.InvariantCulture), SettingSource.Default, SettingType.Integer)),
    ];
}
