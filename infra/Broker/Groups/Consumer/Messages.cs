using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Consumer;

/// <param name="MemberId">Made up by the client; empty from one of the first version that joins: it is given one.</param>
/// <param name="MemberEpoch">The one last answered; 0 joins, -1 leaves, -2 leaves as a static member that comes back.</param>
/// <param name="InstanceId">Identity across restarts of a static member; null for a dynamic one.</param>
/// <param name="RebalanceTimeoutMs">-1 when it did not change.</param>
/// <param name="TopicNames">Null when they did not change.</param>
/// <param name="TopicPattern">Null when it did not change; empty for none any more.</param>
/// <param name="ServerAssignor">Null when it did not change, or any will do.</param>
/// <param name="Owned">What the member has; null when it did not change.</param>
internal sealed record ConsumerHeartbeatRequest(
    string GroupId,
    string MemberId,
    int MemberEpoch,
    string? InstanceId,
    string? RackId,
    int RebalanceTimeoutMs,
    IReadOnlyList<string>? TopicNames,
    string? TopicPattern,
    string? ServerAssignor,
    IReadOnlyList<PartitionsOfTopic>? Owned)
{
    public const int JoinEpoch = 0;
    public const int LeaveEpoch = -1;
    public const int LeaveForRestartEpoch = Standing.TemporarilyGone;

    public bool IsJoin => MemberEpoch == JoinEpoch;

    public bool IsLeave => MemberEpoch is LeaveEpoch or LeaveForRestartEpoch;

    /// <summary>A request that says everything: from a member that joins, or that does not know what became of its last one.</summary>
    public bool IsFull => RebalanceTimeoutMs >= 0 && (TopicNames is not null || TopicPattern is not null) && Owned is not null;
}

/// <param name="MemberId">Null with an error.</param>
/// <param name="Assignment">What the member may use from now on; null when it did not change.</param>
internal sealed record ConsumerHeartbeatResponse(
    ErrorCode Error, string? Message, string? MemberId, int MemberEpoch, int HeartbeatIntervalMs, PartitionSet? Assignment)
{
    public static ConsumerHeartbeatResponse Refused(ErrorCode error, string message) =>
        new(error, message, MemberId: null, MemberEpoch: 0, HeartbeatIntervalMs: 0, Assignment: null);

    public static ConsumerHeartbeatResponse Left(string memberId, int epoch) =>
        new(ErrorCode.None, Message: null, memberId, epoch, HeartbeatIntervalMs: 0, Assignment: null);
}
