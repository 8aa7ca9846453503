using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>A consumer group of KIP-848: the coordinator assigns, every member follows by its heartbeats, and nobody stops for the others.</summary>
/// <remarks>
/// What it remembers, and how that changes, is the <see cref="GroupLedger"/>'s; here are the requests of members of the consumer protocol. Members of the classic protocol may be in it,
/// too, while a group goes over to the one or the other (<see cref="ClassicMembers"/>).
/// Not thread-safe: its coordinator calls it under the group's lock, and calls <see cref="Advance"/> when <see cref="Deadline"/> has passed. Nothing waits here.
/// Source: KIP-848, KIP-1082 (member ids made by the client), Apache Kafka 4.2 where the KIP leaves things open.
/// </remarks>
internal sealed class ConsumerGroup : IMembership
{
    private readonly GroupLedger _ledger;
    private readonly ClassicMembers _classic;
    private readonly GroupOptions _options;
    private readonly Func<ConsumerTiming> _timing;
    private readonly Func<Guid> _newId;
    private bool _isDead;

    /// <param name="timing">How often members are heard of; asked anew each time.</param>
    /// <param name="newId">Where member ids come from, for clients that do not make them themselves.</param>
    public ConsumerGroup(
        string id, IConsumerGroupJournal journal, GroupOptions options, Func<ConsumerTiming> timing, ITopicDirectory topics, TimeProvider time, Func<Guid> newId)
    {
        Id = id;
        (_options, _timing, _newId) = (options, timing, newId);
        _ledger = new GroupLedger(id, journal, options, timing, topics, time);
        _classic = new ClassicMembers(_ledger, options, topics, newId);
    }

    public string Id { get; }

    public GroupKind Kind => GroupKind.Consumer;

    public string ProtocolType => ClassicMembers.ProtocolType;

    /// <summary>All that the group remembers.</summary>
    public ConsumerGroupState Remembered => _ledger.Remembered;

    public int Generation => Remembered.Epoch;

    public int Count => _ledger.Count;

    public bool IsExpectingSomeone => false;

    /// <summary>There are members, and all of them speak the classic protocol.</summary>
    public bool IsOfClassicMembersOnly => Count > 0 && Remembered.Members.Values.All(member => member.Classic is not null);

    /// <inheritdoc/>
    public long StateTimestampMs => _ledger.StateTimestampMs;

    public GroupState State =>
        _isDead ? GroupState.Dead
        : Count == 0 ? GroupState.Empty
        : Remembered.Epoch > Remembered.TargetEpoch ? GroupState.Assigning
        : Remembered.Members.Keys.All(memberId => Remembered.StandingOf(memberId).IsReconciledTo(Remembered.TargetEpoch)) ? GroupState.Stable
        : GroupState.Reconciling;

    /// <summary>The assignor that the next target is worked out by.</summary>
    public string Assignor => _ledger.Assignor;

    public TimeSpan? Deadline => _ledger.Deadline;

    /// <summary>Brings back what was saved. Restored members have one session timeout to be heard of again.</summary>
    public void Restore(ConsumerGroupState remembered) => _ledger.Restore(remembered);

    public Task<JoinGroupResponse> Join(JoinGroupRequest request, GroupClient client) =>
        Task.FromResult(_isDead ? JoinGroupResponse.Refused(ErrorCode.CoordinatorNotAvailable, request.MemberId) : _classic.Join(request, client));

    public Task<SyncGroupResponse> Sync(SyncGroupRequest request) =>
        Task.FromResult(_isDead ? SyncGroupResponse.Refused(ErrorCode.CoordinatorNotAvailable) : _classic.Sync(request));

    public HeartbeatResponse Heartbeat(HeartbeatRequest request) =>
        _isDead ? new HeartbeatResponse(ErrorCode.CoordinatorNotAvailable) : _classic.Heartbeat(request);

    /// <summary>A member is alive, joins, leaves, says what it wants or has, and learns what it may have.</summary>
    public ConsumerHeartbeatResponse Heartbeat(ConsumerHeartbeatRequest request, GroupClient client)
    {
        if (_isDead)
            return ConsumerHeartbeatResponse.Refused(ErrorCode.CoordinatorNotAvailable, "The group is being deleted.");
        if (request.MemberId.Length == 0)
            request = request with { MemberId = _newId().ToString() };
        if (Refuse(request) is { } refusal)
            return refusal;
        return request.IsLeave ? Leave(request) : Beat(request, client);
    }

    public ErrorCode CheckCommit(string memberId, string? instanceId, int generation, bool isTransactional)
    {
        if (_isDead)
            return ErrorCode.CoordinatorNotAvailable;
        if (generation < 0 && (Count == 0 || (isTransactional && memberId.Length == 0 && instanceId is null)))
            return ErrorCode.None;
        var error = CheckEpoch(memberId, generation);
        return error == ErrorCode.StaleMemberEpoch && isTransactional ? ErrorCode.IllegalGeneration : error;
    }

    /// <summary>Whether somebody who claims to be this member, in this epoch, may learn the group's offsets.</summary>
    public ErrorCode CheckEpoch(string memberId, int epoch) =>
        !Remembered.Members.TryGetValue(memberId, out var member) ? ErrorCode.UnknownMemberId
        : Remembered.StandingOf(memberId).Epoch == epoch ? ErrorCode.None
        : member.Classic is null ? ErrorCode.StaleMemberEpoch
        : ErrorCode.IllegalGeneration;

    /// <summary>Whether this is a member that speaks the classic protocol.</summary>
    public bool IsClassic(string memberId) => Remembered.Members.GetValueOrDefault(memberId)?.Classic is not null;

    public bool IsSubscribed(string topic) => _ledger.IsSubscribed(topic);

    /// <summary>A classic member leaves, or an operator removes members, by their ids, or static ones by their instance ids.</summary>
    public LeaveGroupResponse Leave(LeaveGroupRequest request)
    {
        var answers = new List<LeftMember>();
        foreach (var leaving in request.Members)
        {
            var memberId = leaving.GroupInstanceId is { } instanceId ? Remembered.FindStatic(instanceId) : leaving.MemberId;
            var error = memberId is null || !Remembered.Members.ContainsKey(memberId) ? ErrorCode.UnknownMemberId
                : leaving.MemberId.Length > 0 && leaving.MemberId != memberId ? ErrorCode.FencedInstanceId
                : _ledger.TryRemove([memberId]) ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;
            answers.Add(new LeftMember(leaving.MemberId, leaving.GroupInstanceId, error));
        }

        return new LeaveGroupResponse(ErrorCode.None, answers);
    }

    public IReadOnlyList<SilentMember> Advance() => _ledger.RemoveLate();

    public void Die() => _isDead = true;

    private ConsumerHeartbeatResponse Beat(ConsumerHeartbeatRequest request, GroupClient client)
    {
        var memberId = request.MemberId;
        var state = _ledger.InPlaceOf(request.IsJoin ? request.InstanceId : null, memberId);
        var before = state.Members.GetValueOrDefault(memberId, Subscriber.Unknown);
        var member = before.Updated(request, client);
        if (member.HasPattern && member.TopicPattern != before.TopicPattern && TopicPattern.Parse(member.TopicPattern, out var reason) is null)
            return Refused(ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex `{member.TopicPattern}` is not a valid regular expression: {reason}.");
        if (member != before && !_ledger.HasBytesFor(memberId, member))
            return Refused(ErrorCode.PolicyViolation, $"The group cannot keep so much: {_options.MemberBytesMax} bytes of a member, {_options.MembersBytesMax} of all members.");

        var had = state.StandingOf(memberId);
        if (!_ledger.TryFollow(state, memberId, member, request.Owned is null ? null : PartitionSet.Of(request.Owned)))
            return NotSaved();

        _ledger.HeardOf(memberId);
        _ledger.WatchRevocation(memberId);
        var has = Remembered.StandingOf(memberId);
        var isTold = request.IsJoin || request.IsFull || !has.Assigned.Equals(had.Assigned);
        return new ConsumerHeartbeatResponse(ErrorCode.None, Message: null, memberId, has.Epoch, _timing().HeartbeatIntervalMs, isTold ? has.Assigned : null);
    }

    private ConsumerHeartbeatResponse Leave(ConsumerHeartbeatRequest request)
    {
        var isSaved = request.MemberEpoch == ConsumerHeartbeatRequest.LeaveForRestartEpoch
            ? _ledger.TryLeaveForRestart(request.MemberId)
            : _ledger.TryRemove([request.MemberId]);
        return isSaved ? ConsumerHeartbeatResponse.Left(request.MemberId, request.MemberEpoch) : NotSaved();
    }

    private ConsumerHeartbeatResponse? Refuse(ConsumerHeartbeatRequest request)
    {
        var isMember = Remembered.Members.ContainsKey(request.MemberId);
        if (!request.IsLeave && !isMember && Count >= _options.ConsumerMembersMax)
            return Refused(ErrorCode.GroupMaxSizeReached, $"The consumer group has reached its maximum capacity of {_options.ConsumerMembersMax} members.");
        var earlier = request.InstanceId is null ? null : Remembered.FindStatic(request.InstanceId);
        if (request.IsJoin)
            return earlier is null || earlier == request.MemberId || IsClassic(earlier) || Remembered.StandingOf(earlier).Epoch == Standing.TemporarilyGone ? null : Refused(
                ErrorCode.UnreleasedInstanceId,
                $"Static member {request.MemberId} with instance id {request.InstanceId} cannot join the group because the instance id is owned by {earlier} member.");
        if (request.InstanceId is not null && earlier is null)
            return Refused(ErrorCode.UnknownMemberId, $"Instance id {request.InstanceId} is unknown.");
        if (earlier is not null && earlier != request.MemberId)
            return Refused(ErrorCode.FencedInstanceId, $"Static member {request.MemberId} with instance id {request.InstanceId} was fenced by member {earlier}.");
        if (!isMember)
            return Refused(ErrorCode.UnknownMemberId, $"Member {request.MemberId} is not a member of group {Id}.");
        return request.IsLeave ? null : RefuseEpoch(request);
    }

    /// <summary>The epoch before is good once more from a member that has nothing beyond what it is assigned: the answer with the newer one was lost.</summary>
    private ConsumerHeartbeatResponse? RefuseEpoch(ConsumerHeartbeatRequest request)
    {
        var standing = Remembered.StandingOf(request.MemberId);
        if (request.MemberEpoch == standing.Epoch)
            return null;
        var isGreater = request.MemberEpoch > standing.Epoch;
        if (!isGreater && request.MemberEpoch == standing.PreviousEpoch && request.Owned is { } owned && PartitionSet.Of(owned).IsSubsetOf(standing.Assigned))
            return null;
        return Refused(
            ErrorCode.FencedMemberEpoch,
            $"The consumer group member has a {(isGreater ? "greater" : "smaller")} member epoch ({request.MemberEpoch}) than the one known by the group coordinator " +
            $"({standing.Epoch}). The member must abandon all its partitions and rejoin.");
    }

    private static ConsumerHeartbeatResponse NotSaved() => Refused(ErrorCode.CoordinatorNotAvailable, "The group's journal could not be written to.");

    private static ConsumerHeartbeatResponse Refused(ErrorCode error, string message) => ConsumerHeartbeatResponse.Refused(error, message);
}
