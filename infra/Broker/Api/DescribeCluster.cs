using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record DescribeClusterRequest(bool WantsOperations, sbyte EndpointType);

internal sealed record DescribeClusterResponse(ErrorCode Error, string? Reason, sbyte EndpointType, ClusterNode Node, int Operations);

/// <summary>DescribeCluster (key 60), v0–v2: the cluster id and its one node.</summary>
/// <remarks>All versions are flexible · v1 endpoint type (controllers are refused: there is none apart from the broker) · v2 fenced brokers (never any).
/// Source: Kafka protocol guide; KIP-700, KIP-919, KIP-1073.</remarks>
internal sealed class DescribeCluster(ClusterNode node) : IApi<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte Brokers = 1;

    public ApiKey Key => ApiKey.DescribeCluster;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 0);

    public DescribeClusterRequest Decode(ref WireReader reader)
    {
        var wantsOperations = reader.ReadBoolean();
        var endpointType = reader.Version >= 1 ? reader.ReadInt8() : Brokers;
        if (reader.Version >= 2)
            reader.ReadBoolean(); // include fenced brokers
        reader.SkipTags();
        return new DescribeClusterRequest(wantsOperations, endpointType);
    }

    public ValueTask<DescribeClusterResponse?> HandleAsync(DescribeClusterRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var isServed = request.EndpointType == Brokers;
        return ValueTask.FromResult<DescribeClusterResponse?>(new(
            isServed ? ErrorCode.None : ErrorCode.MismatchedEndpointType,
            isServed ? null : "This endpoint is a broker, not a controller.",
            request.EndpointType, node,
            request.WantsOperations ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked));
    }

    public void Encode(WireWriter writer, DescribeClusterResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        writer.WriteReason(response.Reason);
        if (writer.Version >= 1)
            writer.WriteInt8(response.EndpointType);
        writer.WriteString(response.Node.ClusterId);
        writer.WriteInt32(response.Node.NodeId); // controller
        writer.WriteArray([response.Node], static (w, n) =>
        {
            w.WriteInt32(n.NodeId);
            w.WriteString(n.Host);
            w.WriteInt32(n.Port);
            w.WriteNullableString(null); // rack
            if (w.Version >= 2)
                w.WriteBoolean(false); // fenced
            w.WriteEmptyTags();
        });
        writer.WriteInt32(response.Operations);
        writer.WriteEmptyTags();
    }
}
