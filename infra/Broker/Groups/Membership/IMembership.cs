using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>Protocols by which a group shares partitions.</summary>
internal enum GroupKind
{
    /// <summary>Members meet at a barrier, and one of them assigns.</summary>
    Classic,

    /// <summary>The coordinator assigns, and each member follows at its own pace (KIP-848).</summary>
    Consumer,
}

/// <summary>Who is in a group, by whichever protocol. Not thread-safe: its coordinator calls it under the group's lock.</summary>
internal interface IMembership
{
    string Id { get; }

    GroupKind Kind { get; }

    GroupState State { get; }

    /// <summary>Counts the assignments: a classic group's generation, a consumer group's epoch.</summary>
    int Generation { get; }

    /// <summary>"consumer", "connect" and the like; null for a group that never had members.</summary>
    string? ProtocolType { get; }

    int Count { get; }

    /// <summary>When it came into this state, Unix milliseconds; offsets of an empty group expire counting from here.</summary>
    long StateTimestampMs { get; }

    /// <summary>Somebody was given an id, and has not come back with it yet.</summary>
    bool IsExpectingSomeone { get; }

    /// <summary>When <see cref="Advance"/> has something to do next, on the clock of <see cref="TimeProvider.GetTimestamp"/>; null for never.</summary>
    TimeSpan? Deadline { get; }

    /// <summary>Whether an offset commit in the name of this member and generation may be taken.</summary>
    /// <param name="generation">Or member epoch; below 0 from a client that is no member: an admin tool, or a consumer with partitions assigned by hand.</param>
    /// <param name="isTransactional">From TxnOffsetCommit: older producers don't know members, and a commit may overtake a rebalance that is being completed.</param>
    ErrorCode CheckCommit(string memberId, string? instanceId, int generation, bool isTransactional);

    /// <summary>Whether members consume this topic, so that its offsets must not be deleted; true when their subscriptions can't be read.</summary>
    bool IsSubscribed(string topic);

    /// <summary>A member of the classic protocol comes, or comes back. Answered when the members' next generation begins.</summary>
    Task<JoinGroupResponse> Join(JoinGroupRequest request, GroupClient client);

    /// <summary>A member of the classic protocol asks for its assignment. Answered when there is one.</summary>
    Task<SyncGroupResponse> Sync(SyncGroupRequest request);

    /// <summary>A member of the classic protocol is alive.</summary>
    HeartbeatResponse Heartbeat(HeartbeatRequest request);

    LeaveGroupResponse Leave(LeaveGroupRequest request);

    /// <summary>Does what time has made due.</summary>
    /// <returns>The members that are out, because they were not heard of, or did not give up partitions, in time.</returns>
    IReadOnlyList<SilentMember> Advance();

    /// <summary>The group is deleted: whoever still holds it is sent to look again.</summary>
    void Die();
}

/// <param name="Patience">How long it was waited for.</param>
internal sealed record SilentMember(string Id, TimeSpan Patience);
