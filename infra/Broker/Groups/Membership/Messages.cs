using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>One assignment strategy that a member can follow, with what it wants the assigner to know (its subscription).</summary>
internal sealed record MemberProtocol(string Name, ReadOnlyMemory<byte> Metadata)
{
    // Memory is equal to itself alone, hence not what the compiler would make of it.
    public bool Equals(MemberProtocol? other) => other is not null && Name == other.Name && Metadata.Span.SequenceEqual(other.Metadata.Span);

    public override int GetHashCode() => HashCode.Combine(Name, Metadata.Length);
}

/// <summary>Who speaks, as shown by DescribeGroups.</summary>
internal sealed record GroupClient(string ClientId, string Host);

/// <param name="GroupInstanceId">Identity across restarts of a static member; null for a dynamic one (KIP-345).</param>
/// <param name="KnowsMemberIdRequired">The client comes back with the id it is given, so that a lost answer leaves no ghost (KIP-394).</param>
/// <param name="CanSkipAssignment">A returning static leader may be told not to assign (KIP-814).</param>
internal sealed record JoinGroupRequest(
    string GroupId,
    string MemberId,
    string? GroupInstanceId,
    int SessionTimeoutMs,
    int RebalanceTimeoutMs,
    string ProtocolType,
    IReadOnlyList<MemberProtocol> Protocols,
    string? Reason,
    bool KnowsMemberIdRequired,
    bool CanSkipAssignment);

/// <param name="Members">Every member with its metadata for the chosen protocol, for the leader; empty for followers.</param>
internal sealed record JoinGroupResponse(
    ErrorCode Error,
    int Generation,
    string? ProtocolType,
    string? ProtocolName,
    string Leader,
    bool SkipAssignment,
    string MemberId,
    IReadOnlyList<JoinedMember> Members)
{
    public static JoinGroupResponse Refused(ErrorCode error, string memberId) =>
        new(error, Generation: -1, ProtocolType: null, ProtocolName: null, Leader: "", SkipAssignment: false, memberId, Members: []);
}

internal sealed record JoinedMember(string MemberId, string? GroupInstanceId, ReadOnlyMemory<byte> Metadata);

internal sealed record SyncGroupRequest(
    string GroupId,
    int Generation,
    string MemberId,
    string? GroupInstanceId,
    string? ProtocolType,
    string? ProtocolName,
    IReadOnlyList<MemberAssignment> Assignments);

internal sealed record MemberAssignment(string MemberId, ReadOnlyMemory<byte> Assignment);

internal sealed record SyncGroupResponse(ErrorCode Error, string? ProtocolType, string? ProtocolName, ReadOnlyMemory<byte> Assignment)
{
    public static SyncGroupResponse Refused(ErrorCode error) => new(error, ProtocolType: null, ProtocolName: null, Assignment: default);
}

internal sealed record HeartbeatRequest(string GroupId, int Generation, string MemberId, string? GroupInstanceId);

internal sealed record HeartbeatResponse(ErrorCode Error);

/// <param name="MemberId">Empty for a static member that an operator removes by its instance id.</param>
internal sealed record LeavingMember(string MemberId, string? GroupInstanceId, string? Reason);

internal sealed record LeaveGroupRequest(string GroupId, IReadOnlyList<LeavingMember> Members);

/// <param name="Error">About the group as a whole.</param>
internal sealed record LeaveGroupResponse(ErrorCode Error, IReadOnlyList<LeftMember> Members);

internal sealed record LeftMember(string MemberId, string? GroupInstanceId, ErrorCode Error);
