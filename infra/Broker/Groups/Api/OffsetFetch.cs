using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record OffsetFetchRequest(IReadOnlyList<FetchedGroup> Groups, bool RequireStable);

/// <param name="Topics">Null for all partitions that the group has committed.</param>
internal sealed record FetchedGroup(string GroupId, IReadOnlyList<FetchedTopic>? Topics);

internal sealed record FetchedTopic(string Topic, IReadOnlyList<int> Partitions);

internal sealed record OffsetFetchResponse(IReadOnlyList<GroupOffsetsFound> Groups);

internal sealed record GroupOffsetsFound(string GroupId, IReadOnlyList<TopicOffsetsFound> Topics);

internal sealed record TopicOffsetsFound(string Topic, IReadOnlyList<PartitionOffsetFound> Partitions);

/// <param name="Committed">Null when there is none, or none that is stable.</param>
internal sealed record PartitionOffsetFound(int Partition, CommittedOffset? Committed, ErrorCode Error);

/// <summary>OffsetFetch (key 9), v1–v9: how far groups have read.</summary>
/// <remarks>v2 null topics for all · v3 throttle time · v5 leader epoch · v6 flexible · v7 require stable: UNSTABLE_OFFSET_COMMIT while a transaction may still
/// change the offset · v8 several groups · v9 member and epoch, of no meaning in the classic protocol. Left out: v10 (topic ids).
/// Source: Kafka protocol guide; KIP-88, KIP-320, KIP-447, KIP-709.</remarks>
internal sealed class OffsetFetch(GroupTable groups) : IApi<OffsetFetchRequest, OffsetFetchResponse>
{
    public ApiKey Key => ApiKey.OffsetFetch;

    public ApiVersionRange Versions => new(1, 9, FirstFlexible: 6);

    public OffsetFetchRequest Decode(ref WireReader reader)
    {
        FetchedGroup[] wanted = reader.Version >= 8
            ? reader.ReadArray(static (ref r) => ReadGroup(ref r))
            : [new FetchedGroup(reader.ReadString(), reader.ReadNullableArray(static (ref r) => ReadTopic(ref r)))];
        var requireStable = reader.Version >= 7 && reader.ReadBoolean();
        reader.SkipTags();
        return new OffsetFetchRequest(wanted, requireStable);
    }

    public ValueTask<OffsetFetchResponse?> HandleAsync(OffsetFetchRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<OffsetFetchResponse?>(new OffsetFetchResponse(
            [.. request.Groups.Select(wanted => new GroupOffsetsFound(wanted.GroupId, Fetch(wanted, request.RequireStable)))]));

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
                w.WriteErrorCode(ErrorCode.None);
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

    private List<TopicOffsetsFound> Fetch(FetchedGroup wanted, bool requireStable)
    {
        // A group nobody has heard of has committed nothing: that is how a new consumer learns where to begin.
        if (groups.Find(wanted.GroupId) is not { } group)
            return [.. (wanted.Topics ?? []).Select(topic => new TopicOffsetsFound(topic.Topic, [.. topic.Partitions.Select(NothingCommitted)]))];
        return group.See((_, offsets) =>
        {
            var topics = wanted.Topics ?? [.. offsets.Partitions.GroupBy(p => p.Topic).Select(t => new FetchedTopic(t.Key, [.. t.Select(p => p.Partition)]))];
            return topics.Select(topic => new TopicOffsetsFound(
                topic.Topic, [.. topic.Partitions.Select(p => Fetch(offsets, new TopicPartition(topic.Topic, p), requireStable))])).ToList();
        });
    }

    private static PartitionOffsetFound Fetch(GroupOffsets offsets, TopicPartition partition, bool requireStable) =>
        requireStable && offsets.IsUnstable(partition)
            ? new PartitionOffsetFound(partition.Partition, Committed: null, ErrorCode.UnstableOffsetCommit)
            : new PartitionOffsetFound(partition.Partition, offsets.Find(partition), ErrorCode.None);

    private static PartitionOffsetFound NothingCommitted(int partition) => new(partition, Committed: null, ErrorCode.None);

    private static void WriteTopics(WireWriter writer, IReadOnlyList<TopicOffsetsFound> topics) => writer.WriteArray(topics, static (w, topic) =>
    {
        w.WriteString(topic.Topic);
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
        if (reader.Version >= 9)
        {
            reader.ReadNullableString(); // member id
            reader.ReadInt32(); // member epoch
        }

        var group = new FetchedGroup(groupId, reader.ReadNullableArray(static (ref r) => ReadTopic(ref r)));
        reader.SkipTags();
        return group;
    }

    private static FetchedTopic ReadTopic(ref WireReader reader)
    {
        var topic = new FetchedTopic(reader.ReadString(), reader.ReadInt32Array());
        reader.SkipTags();
        return topic;
    }
}
