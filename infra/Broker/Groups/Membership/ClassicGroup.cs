using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>A consumer group of the classic protocol: who is in it, which generation it has, and what each request does to it.</summary>
/// <remarks>
/// Not thread-safe: its coordinator calls it under the group's lock, and calls <see cref="Advance"/> when <see cref="Deadline"/> has passed. No call blocks; a request
/// that has to wait for other members gets a task. Requests of a static member that was replaced are fenced.
/// Source: Kafka protocol guide; KIP-62, KIP-345 (static members), KIP-394 (member id required), KIP-814 (skip assignment).
/// </remarks>
internal sealed class ClassicGroup : IMembership
{
    /// <summary>How long a new member may wait for its first generation. It has no id to be heard of by, and its death would not be noticed.</summary>
    internal static readonly TimeSpan NewMemberPatience = TimeSpan.FromMinutes(5);

    // Of a client's name in a member id, which must be short enough to be written, whatever the characters.
    private const int NameLengthMax = 10_000;

    private readonly GroupRoster _roster = new();
    private readonly Generation _generation;
    private readonly GroupOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<Guid> _newId;

    /// <param name="newId">Where the unique part of member ids comes from.</param>
    public ClassicGroup(string id, IGroupJournal journal, GroupOptions options, TimeProvider time, Func<Guid> newId)
    {
        Id = id;
        (_options, _time, _newId) = (options, time, newId);
        _generation = new Generation(id, _roster, journal, options, time);
    }

    public string Id { get; }
    public GroupKind Kind => GroupKind.Classic;
    public GroupState State => _generation.State;
    public int Generation => _generation.Id;
    public string? ProtocolType => _generation.ProtocolType;
    public string? Protocol => _generation.Protocol;
    public string? Leader => _roster.Leader;
    public long StateTimestampMs => _generation.StateTimestampMs;
    public IReadOnlyCollection<Member> Members => _roster.Members;
    public int Count => _roster.Count;

    /// <inheritdoc/>
    public bool IsExpectingSomeone => _roster.Expected.Count > 0;

    /// <inheritdoc/>
    public TimeSpan? Deadline =>
        _roster.Members.Where(member => member.CanExpire).Select(member => (TimeSpan?)member.AliveUntil)
            .Concat(_roster.Expected.Values.Select(until => (TimeSpan?)until))
            .Append(_generation.Deadline)
            .Min();

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Brings back what was saved. Restored members have one session timeout to be heard of again.</summary>
    public void Restore(GroupSnapshot snapshot)
    {
        foreach (var saved in snapshot.Members)
        {
            var member = new Member(saved.Id, saved.InstanceId, new GroupClient(saved.ClientId, saved.ClientHost))
            {
                IsNew = false,
                SessionTimeout = TimeSpan.FromMilliseconds(saved.SessionTimeoutMs),
                RebalanceTimeout = TimeSpan.FromMilliseconds(saved.RebalanceTimeoutMs < 0 ? saved.SessionTimeoutMs : saved.RebalanceTimeoutMs),
                Protocols = [new MemberProtocol(snapshot.Protocol ?? "", saved.Subscription)],
                Assignment = saved.Assignment,
            };
            _roster.Add(member);
            _generation.Touch(member);
        }

        _roster.Restore(snapshot.Leader);
        _generation.Restore(snapshot);
    }

    /// <summary>Goes on with the members of a group that was of the consumer protocol, and has them join again.</summary>
    /// <param name="generation">That those are in who came furthest.</param>
    /// <returns>False when the journal did not take it; the group is good for nothing then.</returns>
    public bool TryTakeOver(int generation, IReadOnlyList<Member> members)
    {
        foreach (var member in members)
        {
            _roster.Add(member);
            _generation.Touch(member);
        }

        return _generation.TryTakeOver(generation);
    }

    /// <summary>The group goes on as one of the consumer protocol: who waits is told to join again.</summary>
    public void HandOver()
    {
        foreach (var member in _roster.Members)
        {
            member.AnswerJoin(JoinGroupResponse.Refused(ErrorCode.RebalanceInProgress, member.Id));
            member.AnswerSync(SyncGroupResponse.Refused(ErrorCode.RebalanceInProgress));
        }
    }

    public Task<JoinGroupResponse> Join(JoinGroupRequest request, GroupClient client)
    {
        if (!_options.AllowsSessionTimeout(request.SessionTimeoutMs))
            return Refuse(ErrorCode.InvalidSessionTimeout, request);
        if (State == GroupState.Dead)
            return Refuse(ErrorCode.CoordinatorNotAvailable, request);
        if (!HasRoomFor(request.MemberId))
        {
            _roster.StopExpecting(request.MemberId);
            return Refuse(ErrorCode.GroupMaxSizeReached, request with { MemberId = "" });
        }

        if (!Fits(request))
            return Refuse(ErrorCode.InconsistentGroupProtocol, request);
        if (!HasBytesFor(request, client))
            return Refuse(ErrorCode.PolicyViolation, request);
        return request.MemberId.Length == 0 ? JoinAsStranger(request, client) : JoinAsKnown(request, client);
    }

    public Task<SyncGroupResponse> Sync(SyncGroupRequest request)
    {
        var error = Check(request.MemberId, request.GroupInstanceId, request.Generation);
        if (error == ErrorCode.None && !IsOfThisProtocol(request))
            error = ErrorCode.InconsistentGroupProtocol;
        if (error == ErrorCode.None && State == GroupState.PreparingRebalance)
            error = ErrorCode.RebalanceInProgress;
        if (error == ErrorCode.None && !HasBytesFor(request.Assignments))
            error = ErrorCode.PolicyViolation;
        if (error != ErrorCode.None)
            return Task.FromResult(SyncGroupResponse.Refused(error));

        var member = _roster.Find(request.MemberId)!;
        _generation.Synced(member.Id);
        if (State == GroupState.Stable)
        {
            _generation.Touch(member);
            return Task.FromResult(_generation.SyncedAs(member));
        }

        var assigned = member.AwaitSync();
        if (member.Id == _roster.Leader)
            _generation.Assign(request.Assignments);
        return assigned;
    }

    public HeartbeatResponse Heartbeat(HeartbeatRequest request)
    {
        var error = Check(request.MemberId, request.GroupInstanceId, request.Generation);
        if (error != ErrorCode.None)
            return new HeartbeatResponse(error);
        _generation.Touch(_roster.Find(request.MemberId)!);
        return new HeartbeatResponse(State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None);
    }

    public LeaveGroupResponse Leave(LeaveGroupRequest request) =>
        State == GroupState.Dead
            ? new LeaveGroupResponse(ErrorCode.CoordinatorNotAvailable, [])
            : new LeaveGroupResponse(ErrorCode.None, [.. request.Members.Select(leaving => new LeftMember(leaving.MemberId, leaving.GroupInstanceId, Leave(leaving)))]);

    /// <inheritdoc/>
    public ErrorCode CheckCommit(string memberId, string? instanceId, int generation, bool isTransactional)
    {
        if (State == GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        if (generation < 0 && State == GroupState.Empty)
            return ErrorCode.None;
        if (isTransactional && generation < 0 && memberId.Length == 0 && instanceId is null)
            return ErrorCode.None;
        var error = Check(memberId, instanceId, generation);
        if (error != ErrorCode.None)
            return error;
        if (!isTransactional && State == GroupState.CompletingRebalance)
            return ErrorCode.RebalanceInProgress;
        _generation.Touch(_roster.Find(memberId)!);
        return ErrorCode.None;
    }

    /// <inheritdoc/>
    public bool IsSubscribed(string topic) =>
        _roster.Members.Any(member => ConsumerSubscription.TopicsOf(member.MetadataFor(Protocol ?? member.Protocols[0].Name))?.Contains(topic) ?? true);

    /// <summary>Does what time has made due: ends sessions, waits and phases.</summary>
    public IReadOnlyList<SilentMember> Advance()
    {
        foreach (var late in _roster.Expected.Where(expected => expected.Value <= Now).Select(expected => expected.Key).ToList())
            _roster.StopExpecting(late);
        var silent = _roster.Members.Where(member => member.CanExpire && member.AliveUntil <= Now).Concat(_generation.TakeLateForSync()).Distinct().ToList();
        foreach (var member in silent)
            Remove(member);
        _generation.CompleteJoinIfDue();
        return [.. silent.Select(member => new SilentMember(member.Id, member.SessionTimeout))];
    }

    /// <inheritdoc/>
    public void Die() => _generation.Die();

    private Task<JoinGroupResponse> JoinAsStranger(JoinGroupRequest request, GroupClient client)
    {
        var name = request.GroupInstanceId ?? client.ClientId;
        var memberId = $"{name[..Math.Min(name.Length, NameLengthMax)]}-{_newId()}";
        if (_roster.FindStatic(request.GroupInstanceId) is { } earlier)
            return JoinAgain(earlier, memberId, request, client);
        if (!request.KnowsMemberIdRequired || request.GroupInstanceId is not null)
            return Admit(memberId, request, client);
        _roster.Expect(memberId, Now + TimeSpan.FromMilliseconds(request.SessionTimeoutMs));
        return Task.FromResult(JoinGroupResponse.Refused(ErrorCode.MemberIdRequired, memberId));
    }

    private Task<JoinGroupResponse> JoinAsKnown(JoinGroupRequest request, GroupClient client)
    {
        if (_roster.IsExpected(request.MemberId) && request.GroupInstanceId is null)
            return Admit(request.MemberId, request, client);
        var error = _roster.Check(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None)
            return Refuse(error, request);

        var member = _roster.Find(request.MemberId)!;
        var isUnchanged = member.Protocols.SequenceEqual(request.Protocols);
        var knowsAlready = State switch
        {
            GroupState.CompletingRebalance => isUnchanged,                           // Its answer was lost: here it is again.
            GroupState.Stable => isUnchanged && member.Id != _roster.Leader,         // A leader who joins again asks for a new assignment.
            _ => false,
        };
        if (knowsAlready)
        {
            _generation.Touch(member);
            return Task.FromResult(_generation.JoinedAs(member));
        }

        Update(member, request, client);
        var joined = member.AwaitJoin();
        Rebalance();
        return joined;
    }

    private Task<JoinGroupResponse> Admit(string memberId, JoinGroupRequest request, GroupClient client)
    {
        var member = new Member(memberId, request.GroupInstanceId, client);
        Update(member, request, client);
        member.AliveUntil = Now + NewMemberPatience;
        _roster.Add(member);
        _generation.ProtocolType = request.ProtocolType;
        var joined = member.AwaitJoin();
        _generation.SomeoneCame();
        Rebalance();
        return joined;
    }

    /// <summary>A static member after its restart takes its place back, without a rebalance if it wants what it wanted before.</summary>
    private Task<JoinGroupResponse> JoinAgain(Member member, string newId, JoinGroupRequest request, GroupClient client)
    {
        var oldLeader = _roster.Leader;
        var wantedTopics = ConsumerSubscription.TopicsOf(member.MetadataFor(Protocol));
        _roster.Replace(member, newId);
        Update(member, request, client);
        _generation.Touch(member);

        var wantsTheSame = State == GroupState.Stable
            && ProtocolChoice.Choose(_roster.Members) == Protocol
            && ConsumerSubscription.AreSame(wantedTopics, ConsumerSubscription.TopicsOf(member.MetadataFor(Protocol)));
        if (wantsTheSame && _generation.TrySave())
            return Task.FromResult(JoinedAgain(member, oldLeader!, request.CanSkipAssignment));

        var joined = member.AwaitJoin();
        Rebalance();
        return joined;
    }

    /// <remarks>An assignment sent into a stable group reaches nobody. A leader that can't be told to skip it learns its own old id as the leader's, and takes itself for a follower.</remarks>
    private JoinGroupResponse JoinedAgain(Member member, string oldLeader, bool canSkipAssignment)
    {
        var isLeader = member.Id == _roster.Leader;
        return new JoinGroupResponse(
            ErrorCode.None, Generation, ProtocolType, Protocol, canSkipAssignment ? _roster.Leader! : oldLeader,
            SkipAssignment: canSkipAssignment && isLeader, member.Id, canSkipAssignment && isLeader ? _generation.Describe() : []);
    }

    private void Rebalance()
    {
        if (State == GroupState.PreparingRebalance)
            _generation.CompleteJoinIfDue();
        else
            _generation.Prepare();
    }

    private ErrorCode Leave(LeavingMember leaving)
    {
        if (leaving.GroupInstanceId is null && _roster.StopExpecting(leaving.MemberId))
        {
            _generation.CompleteJoinIfDue();
            return ErrorCode.None;
        }

        // An operator who removes a static member knows its instance id only.
        var memberId = leaving.MemberId.Length == 0 ? _roster.FindStatic(leaving.GroupInstanceId)?.Id ?? "" : leaving.MemberId;
        var error = _roster.Check(memberId, leaving.GroupInstanceId);
        if (error == ErrorCode.None)
            Remove(_roster.Find(memberId)!);
        return error;
    }

    private void Remove(Member member)
    {
        _roster.Remove(member);
        _generation.Synced(member.Id);
        Rebalance();
    }

    private ErrorCode Check(string memberId, string? instanceId, int generation)
    {
        if (State == GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        var error = _roster.Check(memberId, instanceId);
        return error != ErrorCode.None ? error : generation == Generation ? ErrorCode.None : ErrorCode.IllegalGeneration;
    }

    private bool HasRoomFor(string memberId) => State switch
    {
        GroupState.Empty => true,
        GroupState.PreparingRebalance => _roster.Find(memberId)?.IsJoining == true || _roster.JoiningCount < _options.MembersMax,
        _ => _roster.Find(memberId) is not null || _roster.Count < _options.MembersMax,
    };

    private bool Fits(JoinGroupRequest request)
    {
        if (request.ProtocolType.Length == 0 || request.Protocols.Count == 0)
            return false;
        if (_roster.Count == 0)
            return true;
        // A member is not measured against what it offered before.
        var own = Own(request);
        return request.ProtocolType == ProtocolType && ProtocolChoice.HasCommon([.. _roster.Members.Where(member => member != own)], request.Protocols);
    }

    private Member? Own(JoinGroupRequest request) => _roster.FindStatic(request.GroupInstanceId) ?? _roster.Find(request.MemberId);

    private bool HasBytesFor(JoinGroupRequest request, GroupClient client)
    {
        var sizeBytes = MemberSize.Of(request, client);
        var replacedBytes = Own(request) is { } own ? MemberSize.Of(own) : 0;
        return sizeBytes <= _options.MemberBytesMax && _roster.SizeBytes - replacedBytes + sizeBytes <= _options.MembersBytesMax;
    }

    private bool HasBytesFor(IReadOnlyList<MemberAssignment> assignments) =>
        assignments.All(one => one.Assignment.Length <= _options.MemberBytesMax) && assignments.Sum(one => (long)one.Assignment.Length) <= _options.MembersBytesMax;

    private bool IsOfThisProtocol(SyncGroupRequest request) =>
        (request.ProtocolType is null || request.ProtocolType == ProtocolType) && (request.ProtocolName is null || request.ProtocolName == Protocol);

    private static void Update(Member member, JoinGroupRequest request, GroupClient client)
    {
        member.Client = client;
        member.SessionTimeout = TimeSpan.FromMilliseconds(request.SessionTimeoutMs);
        member.RebalanceTimeout = TimeSpan.FromMilliseconds(request.RebalanceTimeoutMs);
        member.Protocols = request.Protocols;
    }

    private static Task<JoinGroupResponse> Refuse(ErrorCode error, JoinGroupRequest request) => Task.FromResult(JoinGroupResponse.Refused(error, request.MemberId));
}
