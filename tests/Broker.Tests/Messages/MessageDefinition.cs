using System.Text.Json;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Messages;

/// <summary>A request or a response, as Apache Kafka defines it. From <c>golden/kafka-messages.json</c>, which says where that is from.</summary>
internal sealed record MessageDefinition(ApiKey ApiKey, string Type, VersionSpan FlexibleVersions, IReadOnlyList<MessageField> Fields)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<(ApiKey, string), MessageDefinition> All = ReadAll().ToDictionary(message => (message.ApiKey, message.Type));

    public static MessageDefinition Request(ApiKey key) => All[(key, "request")];

    public static MessageDefinition Response(ApiKey key) => All[(key, "response")];

    public bool IsFlexible(short version) => FlexibleVersions.Contains(version);

    private static List<MessageDefinition> ReadAll()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", "kafka-messages.json")));
        return golden.RootElement.GetProperty("messages").Deserialize<List<MessageDefinition>>(Format)!;
    }
}
