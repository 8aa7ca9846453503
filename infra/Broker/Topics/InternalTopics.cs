using Streaming.Broker.Groups.Offsets;

namespace Streaming.Broker.Topics;

/// <summary>Topics in which the coordinators keep their state.</summary>
internal static class InternalTopics
{
    public const string ConsumerOffsets = OffsetsTopic.Name;
    public const string TransactionState = "__transaction_state";

    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["cleanup.policy"] = "compact",
        ["segment.bytes"] = "104857600",
        ["compression.type"] = "producer",
    };

    public static bool IsInternal(string topic) => topic is ConsumerOffsets or TransactionState;
}
