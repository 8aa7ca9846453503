using Streaming.Broker.Topics;

namespace Streaming.Broker.Api;

/// <summary>Where the value of a setting comes from, with the protocol's numbers (KIP-226).</summary>
internal enum SettingSource : sbyte
{
    Topic = 1,
    DefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
}

/// <summary>A topic's setting as clients see it.</summary>
internal readonly record struct SettingView(string Name, string Value, SettingSource Source, SettingType Type)
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
}
