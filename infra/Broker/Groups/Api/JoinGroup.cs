using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

/// <summary>JoinGroup (key 11), v0–v9: become a member of a group, or stay one through a rebalance. Answered when all members have joined.</summary>
/// <remarks>v1 rebalance timeout · v2 throttle time · v4 member id required · v5 static members · v6 flexible · v7 protocol type · v8 reason · v9 skip assignment. POLICY_VIOLATION from a
/// member that would have the group keep more than the options allow, as from one group too many. In a group with members of the consumer protocol it is answered at once: nobody leads, and the coordinator
/// assigns; the generation is the member's own epoch. Unlike Kafka, a static member that replaces the last one of the consumer protocol joins once more than it would have to.
/// Source: Kafka protocol guide; KIP-62, KIP-345, KIP-394, KIP-559, KIP-800, KIP-814, KIP-848.</remarks>
internal sealed class JoinGroup(GroupTable groups) : IApi<JoinGroupRequest, JoinGroupResponse>
{
    public ApiKey Key => ApiKey.JoinGroup;

    public ApiVersionRange Versions => new(0, 9, FirstFlexible: 6);

    public JoinGroupRequest Decode(ref WireReader reader)
    {
        var groupId = reader.ReadString();
        var sessionTimeoutMs = reader.ReadInt32();
        var rebalanceTimeoutMs = reader.Version >= 1 ? reader.ReadInt32() : sessionTimeoutMs;
        var memberId = reader.ReadString();
        var groupInstanceId = reader.Version >= 5 ? reader.ReadNullableString() : null;
        var protocolType = reader.ReadString();
        var protocols = reader.ReadArray(static (ref r) => ReadProtocol(ref r));
        var reason = reader.Version >= 8 ? reader.ReadNullableString() : null;
        reader.SkipTags();
        return new JoinGroupRequest(
            groupId, memberId, groupInstanceId, sessionTimeoutMs, rebalanceTimeoutMs, protocolType, protocols, reason,
            KnowsMemberIdRequired: reader.Version >= 4, CanSkipAssignment: reader.Version >= 9);
    }

    public async ValueTask<JoinGroupResponse?> HandleAsync(JoinGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.GroupId.Length == 0)
            return JoinGroupResponse.Refused(ErrorCode.InvalidGroupId, request.MemberId);
        // A member with an id was here before: if its group is not known any more, neither is it.
        var (error, group) = groups.Enter(request.GroupId, mayBegin: request.MemberId.Length == 0, unknown: ErrorCode.UnknownMemberId);
        return group is null
            ? JoinGroupResponse.Refused(error, request.MemberId)
            : await group.Join(request, Clients.Of(context)).WaitAsync(cancellationToken);
    }

    public void Encode(WireWriter writer, JoinGroupResponse response)
    {
        if (writer.Version >= 2)
            writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        writer.WriteInt32(response.Generation);
        if (writer.Version >= 7)
            writer.WriteNullableString(response.ProtocolType);
        writer.WriteNullableString(writer.Version >= 7 ? response.ProtocolName : response.ProtocolName ?? "");
        writer.WriteString(response.Leader);
        if (writer.Version >= 9)
            writer.WriteBoolean(response.SkipAssignment);
        writer.WriteString(response.MemberId);
        writer.WriteArray(response.Members, static (w, member) =>
        {
            w.WriteString(member.MemberId);
            if (w.Version >= 5)
                w.WriteNullableString(member.GroupInstanceId);
            w.WriteBytes(member.Metadata);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static MemberProtocol ReadProtocol(ref WireReader reader)
    {
        // Copied, because the group keeps it beyond the request.
        var protocol = new MemberProtocol(reader.ReadString(), reader.ReadBytes().ToArray());
        reader.SkipTags();
        return protocol;
    }
}
