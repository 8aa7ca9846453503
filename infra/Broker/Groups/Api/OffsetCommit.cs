using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record OffsetCommitRequest(string GroupId, GroupMember Member, IReadOnlyList<CommittedTopic> Topics);

internal sealed record OffsetCommitResponse(IReadOnlyList<TopicErrors> Topics);

/// <summary>OffsetCommit (key 8), v2–v10: remembers how far a group has read.</summary>
/// <remarks>v2–v4 retention time, ignored as in Kafka since 2.1 · v3 throttle time · v6 leader epoch · v7 static members · v8 flexible · v9 members of the
/// consumer protocol, another error for an unknown group · v10 topic ids. A client that is no member (generation -1) may commit while the group has no members.
/// Source: Kafka protocol guide; KIP-211, KIP-320, KIP-345, KIP-848.</remarks>
internal sealed class OffsetCommit(GroupTable groups, OffsetCommits commits) : IApi<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short TopicIdSince = 10;

    public ApiKey Key => ApiKey.OffsetCommit;

    public ApiVersionRange Versions => new(2, 10, FirstFlexible: 8);

    public OffsetCommitRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var generation = reader.ReadInt32();
        var memberId = reader.ReadString();
        var groupInstanceId = reader.Version >= 7 ? reader.ReadNullableString() : null;
        if (reader.Version <= 4)
            reader.ReadInt64(); // retention time
        var topics = reader.ReadArray(static (ref r) => CommittedTopic.Read(ref r, leaderEpochSince: 6, TopicIdSince));
        reader.SkipTags();
        return new OffsetCommitRequest(
            groupId, new GroupMember(memberId, groupInstanceId, generation, KnowsEpochs: reader.Version >= 9), topics);
    }

    public ValueTask<OffsetCommitResponse?> HandleAsync(OffsetCommitRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        // A member's generation proves that its group existed; a client that is no member may be the first to name the group.
        var (error, group) = groups.Enter(
            request.GroupId, mayBegin: request.Member.Generation < 0, unknown: request.Member.KnowsEpochs ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration);
        return ValueTask.FromResult<OffsetCommitResponse?>(new OffsetCommitResponse(group is null
            ? OffsetCommits.Refuse(request.Topics, error)
            : commits.Commit(request.Topics, offsets => group.Commit(request.Member, offsets))));
    }

    public void Encode(WireWriter writer, OffsetCommitResponse response)
    {
        if (writer.Version >= 3)
            writer.WriteInt32(0); // throttle time
        writer.WriteTopicErrors(response.Topics, TopicIdSince);
        writer.WriteEmptyTags();
    }
}
