using Streaming.Broker.Tests;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>Who coordinates what. Kafka makes the coordinators' topics when they are asked for first.</summary>
internal static class CoordinatorLookup
{
    /// <param name="kind">0 for a group, 1 for a transactional id.</param>
    /// <returns>The broker's id.</returns>
    public static Task<(ErrorCode Error, int BrokerId)> AskCoordinatorAsync(this RawClient client, string key, sbyte kind) => client.AskAsync(ApiKey.FindCoordinator, 1, isFlexible: false, writer =>
    {
        writer.WriteString(key);
        writer.WriteInt8(kind);
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        reader.ReadNullableString();
        var id = reader.ReadInt32();
        reader.ReadString();
        reader.ReadInt32();
        return (error, id);
    });
}
