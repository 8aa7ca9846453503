using Streaming.Broker.Topics;

namespace Streaming.Broker.Settings;

/// <summary>One setting of the broker under Apache Kafka's name for it.</summary>
/// <param name="Read">Its value as Kafka writes it.</param>
/// <param name="Write">Takes a value as Kafka writes it; null: the setting is shown only.</param>
internal sealed record BrokerSetting(string Name, SettingType Type, Func<BrokerOptions, string> Read, Action<BrokerOptions, string>? Write);
