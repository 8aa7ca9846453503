using Streaming.Broker.Api;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record ConsumerGroupDescribeRequest(IReadOnlyList<string> GroupIds, bool IncludeAuthorizedOperations);

internal sealed record ConsumerGroupDescribeResponse(IReadOnlyList<DescribedConsumerGroup> Groups, int AuthorizedOperations);

/// <param name="State">Null with an error.</param>
internal sealed record DescribedConsumerGroup(
    string GroupId, ErrorCode Error, string? Message, GroupState? State, int Epoch, int TargetEpoch, string Assignor, IReadOnlyList<DescribedConsumer> Members)
{
    public static DescribedConsumerGroup Refused(string groupId, ErrorCode error, string? message) =>
        new(groupId, error, message, State: null, Epoch: 0, TargetEpoch: 0, Assignor: "", Members: []);
}

/// <param name="Target">What it shall have; <paramref name="Standing"/> says what it has.</param>
internal sealed record DescribedConsumer(string MemberId, Subscriber Subscriber, Standing Standing, PartitionSet Target);

/// <summary>ConsumerGroupDescribe (key 69), v0–v1: state, epochs and members of groups of the consumer protocol, with what each has and shall have.</summary>
/// <remarks>v1 kind of member: a consumer, or one that speaks the classic protocol while the group goes over. A classic group is unknown here: see DescribeGroups. Source: Kafka protocol guide; KIP-848, KIP-1099.</remarks>
internal sealed class ConsumerGroupDescribe(GroupTable groups, ITopicDirectory topics) : IApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>
{
    private const sbyte ClassicMember = 0;
    private const sbyte ConsumerMember = 1;

    public ApiKey Key => ApiKey.ConsumerGroupDescribe;

    public ApiVersionRange Versions => new(0, 1, FirstFlexible: 0);

    public ConsumerGroupDescribeRequest Decode(ref WireReader reader)
    {
        var request = new ConsumerGroupDescribeRequest(reader.ReadStringArray(), reader.ReadBoolean());
        reader.SkipTags();
        return request;
    }

    public ValueTask<ConsumerGroupDescribeResponse?> HandleAsync(ConsumerGroupDescribeRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ConsumerGroupDescribeResponse?>(new ConsumerGroupDescribeResponse(
            [.. request.GroupIds.Distinct().Select(Describe)], request.IncludeAuthorizedOperations ? AuthorizedOperations.Group : AuthorizedOperations.NotAsked));

    public void Encode(WireWriter writer, ConsumerGroupDescribeResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(response.Groups, (w, group) =>
        {
            w.WriteErrorCode(group.Error);
            w.WriteReason(group.Message);
            w.WriteString(group.GroupId);
            w.WriteString(group.State?.ToString() ?? "");
            w.WriteInt32(group.Epoch);
            w.WriteInt32(group.TargetEpoch);
            w.WriteString(group.Assignor);
            w.WriteArray(group.Members, WriteMember);
            w.WriteInt32(response.AuthorizedOperations);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private DescribedConsumerGroup Describe(string groupId)
    {
        if (groupId.Length == 0)
            return DescribedConsumerGroup.Refused(groupId, ErrorCode.InvalidGroupId, message: null);
        if (groups.Find(groupId) is not { } group)
            return DescribedConsumerGroup.Refused(groupId, ErrorCode.GroupIdNotFound, $"Group {groupId} not found.");
        return group.See((members, _) => members is ConsumerGroup consumers
            ? Describe(consumers)
            : DescribedConsumerGroup.Refused(groupId, ErrorCode.GroupIdNotFound, $"Group {groupId} is not a consumer group."));
    }

    private static DescribedConsumerGroup Describe(ConsumerGroup group)
    {
        var state = group.Remembered;
        return new DescribedConsumerGroup(
            group.Id, ErrorCode.None, Message: null, group.State, state.Epoch, state.TargetEpoch, group.Assignor,
            [.. state.Members.Select(member => new DescribedConsumer(member.Key, member.Value, state.StandingOf(member.Key), state.TargetOf(member.Key)))]);
    }

    private void WriteMember(WireWriter writer, DescribedConsumer member)
    {
        writer.WriteString(member.MemberId);
        writer.WriteNullableString(member.Subscriber.InstanceId);
        writer.WriteNullableString(member.Subscriber.RackId);
        writer.WriteInt32(member.Standing.Epoch);
        writer.WriteString(member.Subscriber.Client.ClientId);
        writer.WriteString(member.Subscriber.Client.Host);
        writer.WriteStringArray(member.Subscriber.TopicNames);
        writer.WriteNullableString(member.Subscriber.TopicPattern);
        WriteAssignment(writer, member.Standing.Assigned);
        WriteAssignment(writer, member.Target);
        if (writer.Version >= 1)
            writer.WriteInt8(member.Subscriber.Classic is null ? ConsumerMember : ClassicMember);
        writer.WriteEmptyTags();
    }

    // A topic that was deleted has no name to show.
    private void WriteAssignment(WireWriter writer, PartitionSet partitions)
    {
        var named = partitions.ByTopic.Select(topic => (Topic: topics.FindShape(topic.TopicId), topic.Partitions)).Where(topic => topic.Topic is not null).ToList();
        writer.WriteArray(named, static (w, topic) =>
        {
            w.WriteUuid(topic.Topic!.Id);
            w.WriteString(topic.Topic.Name);
            w.WriteInt32Array(topic.Partitions);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }
}
