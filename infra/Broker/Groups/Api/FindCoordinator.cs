using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <param name="KeyType">0 groups, 1 transactions.</param>
internal sealed record FindCoordinatorRequest(IReadOnlyList<string> Keys, sbyte KeyType);

internal sealed record FindCoordinatorResponse(ErrorCode Error, string? Message, ClusterNode Node, IReadOnlyList<string> Keys);

/// <summary>FindCoordinator (key 10), v0–v6: who coordinates a group or a transactional id. It is always this node.</summary>
/// <remarks>v1 key type, throttle time · v3 flexible · v4 several keys · v5 as v4 · v6 share groups. Left out: share groups, answered with INVALID_REQUEST.
/// Source: Kafka protocol guide; KIP-98, KIP-699.</remarks>
internal sealed class FindCoordinator(ClusterNode node) : IApi<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte Transactions = 1;

    public ApiKey Key => ApiKey.FindCoordinator;

    public ApiVersionRange Versions => new(0, 6, FirstFlexible: 3);

    public FindCoordinatorRequest Decode(ref WireReader reader)
    {
        string[] keys = reader.Version < 4 ? [reader.ReadString()] : [];
        var keyType = reader.Version >= 1 ? reader.ReadInt8() : (sbyte)0;
        if (reader.Version >= 4)
            keys = reader.ReadStringArray();
        reader.SkipTags();
        return new FindCoordinatorRequest(keys, keyType);
    }

    public ValueTask<FindCoordinatorResponse?> HandleAsync(FindCoordinatorRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<FindCoordinatorResponse?>(request.KeyType is >= 0 and <= Transactions
            ? new FindCoordinatorResponse(ErrorCode.None, Message: null, node, request.Keys)
            : new FindCoordinatorResponse(
                ErrorCode.InvalidRequest, $"Coordinators of key type {request.KeyType} are not served; 0 (groups) and 1 (transactions) are.",
                node with { NodeId = -1, Host = "", Port = -1 }, request.Keys));

    public void Encode(WireWriter writer, FindCoordinatorResponse response)
    {
        if (writer.Version >= 1)
            writer.WriteInt32(0); // throttle time
        if (writer.Version >= 4)
        {
            writer.WriteArray(response.Keys, (w, key) =>
            {
                w.WriteString(key);
                WriteNode(w, response.Node);
                w.WriteErrorCode(response.Error);
                w.WriteReason(response.Message);
                w.WriteEmptyTags();
            });
        }
        else
        {
            writer.WriteErrorCode(response.Error);
            if (writer.Version >= 1)
                writer.WriteReason(response.Message);
            WriteNode(writer, response.Node);
        }

        writer.WriteEmptyTags();
    }

    private static void WriteNode(WireWriter writer, ClusterNode node)
    {
        writer.WriteInt32(node.NodeId);
        writer.WriteString(node.Host);
        writer.WriteInt32(node.Port);
    }
}
