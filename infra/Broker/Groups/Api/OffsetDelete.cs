using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record OffsetDeleteRequest(string GroupId, IReadOnlyList<TopicPartition> Partitions);

internal sealed record OffsetDeleteResponse(ErrorCode Error, IReadOnlyList<TopicErrors> Topics);

/// <summary>OffsetDelete (key 47), v0: forgets committed offsets of topics that no member of the group consumes.</summary>
/// <remarks>Source: Kafka protocol guide; KIP-496.</remarks>
internal sealed class OffsetDelete(GroupTable groups, ITopicDirectory directory) : IApi<OffsetDeleteRequest, OffsetDeleteResponse>
{
    public ApiKey Key => ApiKey.OffsetDelete;

    public ApiVersionRange Versions => new(0, 0, ApiVersionRange.NeverFlexible);

    public OffsetDeleteRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var topics = reader.ReadArray(static (ref r) => (Name: r.ReadString(), Partitions: r.ReadInt32Array()));
        return new OffsetDeleteRequest(groupId, [.. topics.SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Name, p)))]);
    }

    public ValueTask<OffsetDeleteResponse?> HandleAsync(OffsetDeleteRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<OffsetDeleteResponse?>(Delete(request));

    public void Encode(WireWriter writer, OffsetDeleteResponse response)
    {
        writer.WriteErrorCode(response.Error);
        writer.WriteInt32(0); // throttle time
        writer.WriteTopicErrors(response.Topics);
    }

    private OffsetDeleteResponse Delete(OffsetDeleteRequest request)
    {
        if (groups.Find(request.GroupId) is not { } group)
            return new OffsetDeleteResponse(ErrorCode.GroupIdNotFound, []);
        var known = request.Partitions.Where(directory.Has).Distinct().ToList();
        var (error, errors) = group.DeleteOffsets(known);
        if (error != ErrorCode.None)
            return new OffsetDeleteResponse(error, []);
        var answers = known.Zip(errors).ToDictionary(pair => pair.First, pair => pair.Second);
        return new OffsetDeleteResponse(ErrorCode.None, [.. request.Partitions.GroupBy(p => p.Topic).Select(topic => new TopicErrors(
            new TopicRef(topic.Key, Guid.Empty), [.. topic.Select(p => new PartitionError(p.Partition, answers.GetValueOrDefault(p, ErrorCode.UnknownTopicOrPartition)))]))]);
    }
}
