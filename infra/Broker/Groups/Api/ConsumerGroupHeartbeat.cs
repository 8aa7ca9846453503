using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Consumer.Assignors;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>ConsumerGroupHeartbeat (key 68), v0–v1: a member of the consumer protocol joins, stays, leaves, and learns which partitions it may use.</summary>
/// <remarks>v1 subscriptions by regular expression, member ids made by the client. Assignors: uniform, range. Unlike Kafka, a static member that lost the answer
/// to its join may join again under the same member id, and expressions are matched at once when topics change. POLICY_VIOLATION from a
/// member that would have the group keep more than the options allow, as from one group too many.
/// Who joins a group of classic members takes them along (group.consumer.migration.policy, bidirectional as in Kafka): see JoinGroup. GROUP_ID_NOT_FOUND where that is not allowed.
/// Source: Kafka protocol guide; KIP-848, KIP-1082.</remarks>
internal sealed class ConsumerGroupHeartbeat(GroupTable groups, GroupOptions options) : IApi<ConsumerGroupHeartbeatRequest, ConsumerHeartbeatResponse>
{
    private readonly AssignorTable _assignors = new(options.ConsumerAssignors);

    public ApiKey Key => ApiKey.ConsumerGroupHeartbeat;

    public ApiVersionRange Versions => new(0, 1, FirstFlexible: 0);

    public ConsumerGroupHeartbeatRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var memberId = reader.ReadString();
        var memberEpoch = reader.ReadInt32();
        var instanceId = reader.ReadNullableString();
        var rackId = reader.ReadNullableString();
        var rebalanceTimeoutMs = reader.ReadInt32();
        var topicNames = reader.ReadNullableArray(static (ref r) => r.ReadString());
        var topicPattern = reader.Version >= 1 ? reader.ReadNullableString() : null;
        var serverAssignor = reader.ReadNullableString();
        var owned = reader.ReadNullableArray(static (ref r) => ConsumerGroupFormat.ReadPartitionsOfTopic(ref r));
        reader.SkipTags();
        return new ConsumerGroupHeartbeatRequest(
            new ConsumerHeartbeatRequest(groupId, memberId, memberEpoch, instanceId, rackId, rebalanceTimeoutMs, topicNames, topicPattern, serverAssignor, owned),
            MakesItsMemberId: reader.Version >= 1);
    }

    public ValueTask<ConsumerHeartbeatResponse?> HandleAsync(ConsumerGroupHeartbeatRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ConsumerHeartbeatResponse?>(Refuse(request) ?? Beat(request.Heartbeat, context));

    public void Encode(WireWriter writer, ConsumerHeartbeatResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        writer.WriteReason(response.Message);
        writer.WriteNullableString(response.MemberId);
        writer.WriteInt32(response.MemberEpoch);
        writer.WriteInt32(response.HeartbeatIntervalMs);
        writer.WriteInt8(response.Assignment is null ? (sbyte)-1 : (sbyte)1); // a nullable structure
        if (response.Assignment is { } assignment)
        {
            writer.WritePartitions(assignment);
            writer.WriteEmptyTags();
        }

        writer.WriteEmptyTags();
    }

    private ConsumerHeartbeatResponse Beat(ConsumerHeartbeatRequest request, RequestContext context)
    {
        var (error, group) = groups.Enter(request.GroupId, mayBegin: request.IsJoin, unknown: ErrorCode.GroupIdNotFound);
        return group?.Heartbeat(request, Clients.Of(context)) ?? ConsumerHeartbeatResponse.Refused(error, error == ErrorCode.GroupIdNotFound
            ? $"{(request.IsLeave ? "Group" : "Consumer group")} {request.GroupId} not found."
            : "There are as many groups as this broker may have.");
    }

    /// <summary>What makes no sense whatever the group is.</summary>
    private ConsumerHeartbeatResponse? Refuse(ConsumerGroupHeartbeatRequest request)
    {
        var beat = request.Heartbeat;
        if (beat.ServerAssignor is { } assignor && !_assignors.Has(assignor))
            return ConsumerHeartbeatResponse.Refused(
                ErrorCode.UnsupportedAssignor, $"ServerAssignor {assignor} is not supported. Supported assignors: {string.Join(", ", _assignors.Names)}.");
        var reason =
            IsBlank(beat.GroupId) ? "GroupId can't be empty."
            : IsBlank(beat.InstanceId) ? "InstanceId can't be empty."
            : IsBlank(beat.RackId) ? "RackId can't be empty."
            : IsBlank(beat.MemberId) && (request.MakesItsMemberId || !beat.IsJoin) ? "MemberId can't be empty."
            : beat.IsJoin ? RefuseJoin(beat)
            : beat.MemberEpoch == ConsumerHeartbeatRequest.LeaveForRestartEpoch && beat.InstanceId is null ? "InstanceId can't be null."
            : beat.MemberEpoch < ConsumerHeartbeatRequest.LeaveForRestartEpoch ? "MemberEpoch is invalid."
            : null;
        return reason is null ? null : ConsumerHeartbeatResponse.Refused(ErrorCode.InvalidRequest, reason);
    }

    private static string? RefuseJoin(ConsumerHeartbeatRequest beat) =>
        beat.RebalanceTimeoutMs == -1 ? "RebalanceTimeoutMs must be provided in first request."
        : beat.Owned is not { Count: 0 } ? "TopicPartitions must be empty when (re-)joining."
        : beat.TopicNames is null && beat.TopicPattern is null ? "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."
        : null;

    private static bool IsBlank(string? text) => text is not null && string.IsNullOrWhiteSpace(text);
}

/// <param name="MakesItsMemberId">The client makes up its member id, and must send one.</param>
internal sealed record ConsumerGroupHeartbeatRequest(ConsumerHeartbeatRequest Heartbeat, bool MakesItsMemberId);
