using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>A topic asked for by name, or by id when the name is null.</summary>
internal readonly record struct MetadataTopicQuery(string? Name, Guid Id);

/// <summary>Topics null: all of them.</summary>
internal sealed record MetadataRequest(IReadOnlyList<MetadataTopicQuery>? Topics, bool MayCreate, bool WantsClusterOperations, bool WantsTopicOperations);

internal sealed record MetadataTopic(ErrorCode Error, string? Name, Guid Id, bool IsInternal, int Partitions);

internal sealed record MetadataResponse(ClusterNode Node, IReadOnlyList<MetadataTopic> Topics, int ClusterOperations, int TopicOperations);

/// <summary>Metadata (key 3), v0–v13: the cluster's node, and topics with their partitions and leaders.</summary>
/// <remarks>v0 an empty list means all, v1 null does · v4 whether topics may be created (they are when the broker's AutoCreateTopics is on too) ·
/// v5 offline replicas · v7 leader epoch · v8 authorized operations (v8–v10 of the cluster) · v9 flexible · v10 topic ids · v12 queries by id ·
/// v13 top-level error. Left out: ACLs, so every operation is authorized.
/// Source: Kafka protocol guide; KIP-4, KIP-430, KIP-516.</remarks>
internal sealed class Metadata(TopicTable topics, ClusterNode node, BrokerOptions options) : IApi<MetadataRequest, MetadataResponse>
{
    public ApiKey Key => ApiKey.Metadata;

    public ApiVersionRange Versions => new(0, 13, FirstFlexible: 9);

    public MetadataRequest Decode(ref WireReader reader)
    {
        var queries = reader.ReadNullableArray(static (ref r) =>
        {
            var id = r.Version >= 10 ? r.ReadUuid() : Guid.Empty;
            var name = r.Version >= 10 ? r.ReadNullableString() : r.ReadString();
            r.SkipTags();
            return new MetadataTopicQuery(name, id);
        });
        if (reader.Version == 0 && queries is { Length: 0 })
            queries = null;
        var mayCreate = reader.Version < 4 || reader.ReadBoolean();
        var wantsCluster = reader.Version is >= 8 and <= 10 && reader.ReadBoolean();
        var wantsTopics = reader.Version >= 8 && reader.ReadBoolean();
        reader.SkipTags();
        return new MetadataRequest(queries, mayCreate, wantsCluster, wantsTopics);
    }

    public async ValueTask<MetadataResponse?> HandleAsync(MetadataRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var found = new List<MetadataTopic>();
        if (request.Topics is null)
            found.AddRange(topics.All.Select(Describe));
        else
            foreach (var query in request.Topics.Distinct())
                found.Add(await FindAsync(query, request.MayCreate, cancellationToken));
        return new MetadataResponse(
            node, found,
            request.WantsClusterOperations ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked,
            request.WantsTopicOperations ? AuthorizedOperations.Topic : AuthorizedOperations.NotAsked);
    }

    public void Encode(WireWriter writer, MetadataResponse response)
    {
        if (writer.Version >= 3)
            writer.WriteInt32(0); // throttle time
        writer.WriteArray([response.Node], static (w, n) =>
        {
            w.WriteInt32(n.NodeId);
            w.WriteString(n.Host);
            w.WriteInt32(n.Port);
            if (w.Version >= 1)
                w.WriteNullableString(null); // rack
            w.WriteEmptyTags();
        });
        if (writer.Version >= 2)
            writer.WriteNullableString(response.Node.ClusterId);
        if (writer.Version >= 1)
            writer.WriteInt32(response.Node.NodeId); // controller
        writer.WriteArray(response.Topics, (w, topic) => WriteTopic(w, topic, response));
        if (writer.Version is >= 8 and <= 10)
            writer.WriteInt32(response.ClusterOperations);
        if (writer.Version >= 13)
            writer.WriteErrorCode(ErrorCode.None);
        writer.WriteEmptyTags();
    }

    private static void WriteTopic(WireWriter writer, MetadataTopic topic, MetadataResponse response)
    {
        writer.WriteErrorCode(topic.Error);
        if (writer.Version >= 12)
            writer.WriteNullableString(topic.Name);
        else
            writer.WriteString(topic.Name ?? "");
        if (writer.Version >= 10)
            writer.WriteUuid(topic.Id);
        if (writer.Version >= 1)
            writer.WriteBoolean(topic.IsInternal);
        writer.WriteArray(Partitions.UpTo(topic.Partitions), (w, partition) => WritePartition(w, partition, response.Node.NodeId));
        if (writer.Version >= 8)
            writer.WriteInt32(response.TopicOperations);
        writer.WriteEmptyTags();
    }

    private static void WritePartition(WireWriter writer, int partition, int nodeId)
    {
        writer.WriteErrorCode(ErrorCode.None);
        writer.WriteInt32(partition);
        writer.WriteInt32(nodeId); // leader
        if (writer.Version >= 7)
            writer.WriteInt32(PartitionLog.LeaderEpoch);
        writer.WriteInt32Array([nodeId]); // replicas
        writer.WriteInt32Array([nodeId]); // in sync
        if (writer.Version >= 5)
            writer.WriteInt32Array([]); // offline
        writer.WriteEmptyTags();
    }

    private async ValueTask<MetadataTopic> FindAsync(MetadataTopicQuery query, bool mayCreate, CancellationToken cancellationToken)
    {
        if (query.Name is not { } name)
            return topics.Find(query.Id) is { } byId ? Describe(byId) : new MetadataTopic(ErrorCode.UnknownTopicId, null, query.Id, false, 0);
        if (topics.Find(name) is { } known)
            return Describe(known);
        if (TopicName.Refusal(name) is not null)
            return new MetadataTopic(ErrorCode.InvalidTopicException, name, Guid.Empty, false, 0);
        if (!mayCreate || !options.AutoCreateTopics)
            return new MetadataTopic(ErrorCode.UnknownTopicOrPartition, name, Guid.Empty, false, 0);
        var created = await topics.CreateAsync(name, options.DefaultPartitions, new Dictionary<string, string>(), cancellationToken: cancellationToken);
        // Another request may have created it meanwhile.
        return (created.Topic ?? topics.Find(name)) is { } topic ? Describe(topic) : new MetadataTopic(created.Error, name, Guid.Empty, false, 0);
    }

    private static MetadataTopic Describe(Topic topic) => new(ErrorCode.None, topic.Name, topic.Id, topic.IsInternal, topic.Partitions.Count);
}
