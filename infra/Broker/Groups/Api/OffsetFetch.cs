using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record OffsetFetchRequest(IReadOnlyList<FetchedGroup> Groups, bool RequireStable);

/// <param name="MemberId">Null for a client that is no member, or of the classic protocol; its epoch is below 0 then.</param>
/// <param name="Topics">Null for all partitions that the group has committed.</param>
internal sealed record FetchedGroup(string GroupId, string? MemberId, int MemberEpoch, IReadOnlyList<FetchedTopic>? Topics);

internal sealed record FetchedTopic(TopicRef Topic, IReadOnlyList<int> Partitions);

internal sealed record OffsetFetchResponse(IReadOnlyList<GroupOffsetsFound> Groups);

internal sealed record GroupOffsetsFound(string GroupId, ErrorCode Error, IReadOnlyList<TopicOffsetsFound> Topics);

internal sealed record TopicOffsetsFound(TopicRef Topic, IReadOnlyList<PartitionOffsetFound> Partitions);

/// <param name="Committed">Null when there is none, or none that is stable.</param>
internal sealed record PartitionOffsetFound(int Partition, CommittedOffset? Committed, ErrorCode Error);

/// <summary>OffsetFetch (key 9), v1–v10: how far groups have read.</summary>
/// <remarks>v2 null topics for all · v3 throttle time · v5 leader epoch · v6 flexible · v7 require stable: UNSTABLE_OFFSET_COMMIT while a transaction may still
/// change the offset · v8 several groups · v9 member and epoch, checked in the consumer protocol · v10 topic ids.
/// Source: Kafka protocol guide; KIP-88, KIP-320, KIP-447, KIP-709, KIP-848.</remarks>
internal sealed class OffsetFetch(GroupTable groups, ITopicDirectory directory) : IApi<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short TopicIdSince = 10;
    private static readonly GroupOffsets _nothingCommitted = new();

    public ApiKey Key => ApiKey.OffsetFetch;

    public ApiVersionRange Versions => new(1, 10, FirstFlexible: 6);

    public OffsetFetchRequest Decode(ref WireReader reader)
    {
        FetchedGroup[] wanted = reader.Version >= 8
            ? reader.ReadArray(static (ref r) => ReadGroup(ref r))
            : [new FetchedGroup(reader.ReadString(), MemberId: null, MemberEpoch: -1, reader.ReadNullableArray(static (ref r) => ReadTopic(ref r)))];
        var requireStable = reader.Version >= 7 && reader.ReadBoolean();
        reader.SkipTags();
        return new OffsetFetchRequest(wanted, requireStable);
    }

    public ValueTask<OffsetFetchResponse?> HandleAsync(OffsetFetchRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<OffsetFetchResponse?>(new OffsetFetchResponse(
            [.. request.Groups.DistinctBy(wanted => wanted.GroupId).Select(wanted => Fetch(wanted, request.RequireStable))]));

    public void Encode(WireWriter writer, OffsetFetchResponse response)
    {
        if (writer.Version >= 3)
            writer.WriteInt32(0); // throttle time
        if (writer.Version >= 8)
        {
            writer.WriteArray(response.Groups, static (w, group) =>
            {
                w.WriteString(group.GroupId);
                WriteTopics(w, group.Topics);
                w.WriteErrorCode(group.Error);
                w.WriteEmptyTags();
            });
        }
        else
        {
            WriteTopics(writer, response.Groups.Single().Topics);
            if (writer.Version >= 2)
                writer.WriteErrorCode(ErrorCode.None);
        }

        writer.WriteEmptyTags();
    }

    private GroupOffsetsFound Fetch(FetchedGroup wanted, bool requireStable)
    {
        // Whatever is named several times is told once: an offset's metadata may be a thousand times as long as the number of its partition.
        var topics = wanted.Topics?.GroupBy(topic => topic.Topic.Named(directory), topic => topic.Partitions)
            .Select(topic => new FetchedTopic(topic.Key, [.. topic.SelectMany(partitions => partitions).Distinct()])).ToList();
        // A group nobody has heard of has committed nothing: that is how a new consumer learns where to begin.
        if (groups.Find(wanted.GroupId) is not { } group)
            return new GroupOffsetsFound(wanted.GroupId, ErrorCode.None, [.. (topics ?? []).Select(topic => Find(_nothingCommitted, topic, requireStable))]);
        var error = group.CheckFetch(wanted.MemberId, wanted.MemberEpoch);
        return new GroupOffsetsFound(
            wanted.GroupId, error, error == ErrorCode.None ? group.See((_, offsets) => (topics ?? AllOf(offsets)).Select(topic => Find(offsets, topic, requireStable)).ToList()) : []);
    }

    private List<FetchedTopic> AllOf(GroupOffsets offsets) =>
        [.. offsets.Partitions.GroupBy(p => p.Topic).Select(topic => new FetchedTopic(new TopicRef(topic.Key, directory.FindShape(topic.Key)?.Id ?? Guid.Empty), [.. topic.Select(p => p.Partition)]))];

    private static TopicOffsetsFound Find(GroupOffsets offsets, FetchedTopic topic, bool requireStable) => new(topic.Topic, [.. topic.Partitions.Select(p => topic.Topic.Name is { } name
        ? Find(offsets, new TopicPartition(name, p), requireStable)
        : new PartitionOffsetFound(p, Committed: null, ErrorCode.UnknownTopicId))]);

    private static PartitionOffsetFound Find(GroupOffsets offsets, TopicPartition partition, bool requireStable) =>
        requireStable && offsets.IsUnstable(partition)
            ? new PartitionOffsetFound(partition.Partition, Committed: null, ErrorCode.UnstableOffsetCommit)
            : new PartitionOffsetFound(partition.Partition, offsets.Find(partition), ErrorCode.None);

    private static void WriteTopics(WireWriter writer, IReadOnlyList<TopicOffsetsFound> topics) => writer.WriteArray(topics, static (w, topic) =>
    {
        topic.Topic.Write(w, TopicIdSince);
        w.WriteArray(topic.Partitions, static (w, partition) => WritePartition(w, partition));
        w.WriteEmptyTags();
    });

    private static void WritePartition(WireWriter writer, PartitionOffsetFound found)
    {
        writer.WriteInt32(found.Partition);
        writer.WriteInt64(found.Committed?.Offset ?? -1);
        if (writer.Version >= 5)
            writer.WriteInt32(found.Committed?.LeaderEpoch ?? -1);
        writer.WriteNullableString(found.Committed?.Metadata ?? "");
        writer.WriteErrorCode(found.Error);
        writer.WriteEmptyTags();
    }

    private static FetchedGroup ReadGroup(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var (memberId, memberEpoch) = reader.Version >= 9 ? (reader.ReadNullableString(), reader.ReadInt32()) : (null, -1);
        var group = new FetchedGroup(groupId, memberId, memberEpoch, reader.ReadNullableArray(static (ref r) => ReadTopic(ref r)));
        reader.SkipTags();
        return group;
    }

    private static FetchedTopic ReadTopic(ref WireReader reader)
    {
        var topic = new FetchedTopic(TopicRef.Read(ref reader, TopicIdSince), reader.ReadInt32Array());
        reader.SkipTags();
        return topic;
    }
}
