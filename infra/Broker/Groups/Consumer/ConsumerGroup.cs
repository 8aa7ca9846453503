using Streaming.Broker.Groups.Consumer.Assignors;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>A consumer group of KIP-848: the coordinator assigns, every member follows by its heartbeats, and nobody stops for the others.</summary>
/// <remarks>
/// A heartbeat makes the next of three epochs from the one before, each at most once: the group's rises when members or their topics change, the target's follows
/// when it is worked out anew, and each member's when it has given up what the target takes from it (<see cref="Reconciliation"/>).
/// Not thread-safe: its coordinator calls it under the group's lock, and calls <see cref="Advance"/> when <see cref="Deadline"/> has passed. Nothing waits here.
/// A change that the journal did not take has not happened.
/// Source: KIP-848, KIP-1082 (member ids made by the client), Apache Kafka 4.2 where the KIP leaves things open.
/// </remarks>
internal sealed class ConsumerGroup : IMembership
{
    /// <summary>When to try again what the journal did not take.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly IConsumerGroupJournal _journal;
    private readonly GroupOptions _options;
    private readonly AssignorTable _assignors;
    private readonly ITopicDirectory _directory;
    private readonly SubscribedTopics _topics;
    private readonly TimeProvider _time;
    private readonly Func<Guid> _newId;
    private readonly MemberDeadlines _deadlines = new();
    private long _seenTopics = -1;
    private bool _isDead;

    /// <param name="newId">Where member ids come from, for clients that do not make them themselves.</param>
    public ConsumerGroup(string id, IConsumerGroupJournal journal, GroupOptions options, ITopicDirectory topics, TimeProvider time, Func<Guid> newId)
    {
        Id = id;
        (_journal, _options, _directory, _time, _newId) = (journal, options, topics, time, newId);
        _assignors = new AssignorTable(options.ConsumerAssignors);
        _topics = new SubscribedTopics(topics);
        StateTimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public string Id { get; }

    public GroupKind Kind => GroupKind.Consumer;

    public string ProtocolType => "consumer";

    /// <summary>All that the group remembers.</summary>
    public ConsumerGroupState Remembered { get; private set; } = ConsumerGroupState.New;

    public int Generation => Remembered.Epoch;

    public int Count => Remembered.Members.Count;

    public bool IsExpectingSomeone => false;

    /// <summary>Since when it is empty; for one that is not, when it was made or restored.</summary>
    public long StateTimestampMs { get; private set; }

    public GroupState State =>
        _isDead ? GroupState.Dead
        : Count == 0 ? GroupState.Empty
        : Remembered.Epoch > Remembered.TargetEpoch ? GroupState.Assigning
        : Remembered.Members.Keys.All(memberId => Remembered.StandingOf(memberId).IsReconciledTo(Remembered.TargetEpoch)) ? GroupState.Stable
        : GroupState.Reconciling;

    /// <summary>The assignor that the next target is worked out by.</summary>
    public string Assignor => _assignors.Choose(Remembered.Members.Values).Name;

    public TimeSpan? Deadline => _deadlines.Earliest;

    private TimeSpan Now => _time.GetElapsedTime(0);

    private TimeSpan SessionTimeout => TimeSpan.FromMilliseconds(_options.ConsumerSessionTimeoutMs);

    /// <summary>Brings back what was saved. Restored members have one session timeout to be heard of again.</summary>
    public void Restore(ConsumerGroupState remembered)
    {
        Remembered = remembered;
        foreach (var memberId in remembered.Members.Keys)
        {
            _deadlines.HeardOf(memberId, Now + SessionTimeout);
            WatchRevocation(memberId);
        }
    }

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
        !Remembered.Members.ContainsKey(memberId) ? ErrorCode.UnknownMemberId
        : Remembered.StandingOf(memberId).Epoch == epoch ? ErrorCode.None
        : ErrorCode.StaleMemberEpoch;

    public bool IsSubscribed(string topic) =>
        Remembered.Members.Values.Any(member => member.TopicNames.Contains(topic) || _topics.Of(member).Any(one => one.Name == topic));

    /// <summary>An operator removes members, by their ids, or static ones by their instance ids.</summary>
    public LeaveGroupResponse Leave(LeaveGroupRequest request)
    {
        var answers = new List<LeftMember>();
        foreach (var leaving in request.Members)
        {
            var memberId = leaving.GroupInstanceId is { } instanceId ? Remembered.FindStatic(instanceId) : leaving.MemberId;
            var error = memberId is null || !Remembered.Members.ContainsKey(memberId) ? ErrorCode.UnknownMemberId
                : leaving.MemberId.Length > 0 && leaving.MemberId != memberId ? ErrorCode.FencedInstanceId
                : Remove([memberId]) ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;
            answers.Add(new LeftMember(leaving.MemberId, leaving.GroupInstanceId, error));
        }

        return new LeaveGroupResponse(ErrorCode.None, answers);
    }

    public IReadOnlyList<SilentMember> Advance()
    {
        var late = _deadlines.TakeLate(Now);
        var silent = late.Select(memberId => new SilentMember(memberId, SessionTimeout)).ToList();
        if (silent.Count == 0 || Remove(late))
            return silent;
        foreach (var memberId in late)
            _deadlines.HeardOf(memberId, Now + RetryDelay);
        return [];
    }

    public void Die() => _isDead = true;

    private ConsumerHeartbeatResponse Beat(ConsumerHeartbeatRequest request, GroupClient client)
    {
        var memberId = request.MemberId;
        var state = request is { IsJoin: true, InstanceId: { } instanceId } ? InPlaceOf(instanceId, memberId) : Remembered;
        var before = state.Members.GetValueOrDefault(memberId, Subscriber.Unknown);
        var member = before.Updated(request, client);
        if (member.HasPattern && member.TopicPattern != before.TopicPattern && TopicPattern.Parse(member.TopicPattern, out var reason) is null)
            return Refused(ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex `{member.TopicPattern}` is not a valid regular expression: {reason}.");

        var had = state.StandingOf(memberId);
        state = Assigned(Refreshed(state.With(memberId, member), mustRise: !member.WantsTheSame(before)));
        var has = Reconcile(state, memberId, request.Owned is null ? null : PartitionSet.Of(request.Owned));
        if (!TrySave(state.With(memberId, has)))
            return Refused(ErrorCode.CoordinatorNotAvailable, "The group's journal could not be written to.");

        _deadlines.HeardOf(memberId, Now + SessionTimeout);
        WatchRevocation(memberId);
        var isTold = request.IsJoin || request.IsFull || !has.Assigned.Equals(had.Assigned);
        return new ConsumerHeartbeatResponse(ErrorCode.None, Message: null, memberId, has.Epoch, _options.ConsumerHeartbeatIntervalMs, isTold ? has.Assigned : null);
    }

    private ConsumerHeartbeatResponse Leave(ConsumerHeartbeatRequest request)
    {
        var isSaved = request.MemberEpoch == ConsumerHeartbeatRequest.LeaveForRestartEpoch
            ? TrySave(Remembered.With(request.MemberId, Remembered.StandingOf(request.MemberId) with { Epoch = Standing.TemporarilyGone, PendingRevocation = PartitionSet.Empty }))
            : Remove([request.MemberId]);
        if (!isSaved)
            return Refused(ErrorCode.CoordinatorNotAvailable, "The group's journal could not be written to.");
        _deadlines.Revoked(request.MemberId);
        return ConsumerHeartbeatResponse.Left(request.MemberId, request.MemberEpoch);
    }

    /// <summary>A static member that comes back takes over what it had, under its new id, in an epoch that makes it learn of it.</summary>
    private ConsumerGroupState InPlaceOf(string instanceId, string memberId)
    {
        if (Remembered.FindStatic(instanceId) is not { } earlier || earlier == memberId)
            return Remembered;
        var standing = Remembered.StandingOf(earlier) with { Epoch = 0, PreviousEpoch = 0 };
        var state = Remembered.Without(earlier).With(memberId, Remembered.Members[earlier]).With(memberId, standing);
        return state with { Targets = state.Targets.SetItem(memberId, Remembered.TargetOf(earlier)) };
    }

    /// <summary>Raises the group's epoch when there is a reason to.</summary>
    private ConsumerGroupState Refreshed(ConsumerGroupState state, bool mustRise)
    {
        var topics = _directory.Version;
        mustRise |= state.Epoch == 0;
        if (!mustRise && _seenTopics == topics)
            return state;
        _seenTopics = topics;
        var hash = _topics.HashOf(state.Members.Values);
        return mustRise || hash != state.TopicsHash ? state with { Epoch = state.Epoch + 1, TopicsHash = hash } : state;
    }

    /// <summary>Works out the target anew when the group's epoch is ahead of it.</summary>
    private ConsumerGroupState Assigned(ConsumerGroupState state)
    {
        if (state.TargetEpoch == state.Epoch)
            return state;
        var assignees = state.Members.Select(member => new Assignee(member.Key, member.Value.InstanceId, _topics.Of(member.Value), state.TargetOf(member.Key))).ToList();
        var targets = _assignors.Choose(state.Members.Values).Assign(assignees);
        return state with { TargetEpoch = state.Epoch, Targets = state.Targets.Clear().AddRange(targets) };
    }

    private Standing Reconcile(ConsumerGroupState state, string memberId, PartitionSet? owned)
    {
        var now = state.StandingOf(memberId);
        if (now.IsReconciledTo(state.TargetEpoch))
            return now;
        var wanted = _topics.Of(state.Members[memberId]).Select(topic => topic.Id).ToHashSet();
        var held = state.Standings.Where(standing => standing.Key != memberId).SelectMany(standing => standing.Value.Held).ToHashSet();
        return new Reconciliation(state.TargetEpoch, state.TargetOf(memberId), owned, wanted.Contains, held.Contains).Next(now);
    }

    /// <summary>The members are out, and the next heartbeat of another shares out what they had.</summary>
    private bool Remove(IReadOnlyList<string> memberIds)
    {
        var state = memberIds.Aggregate(Remembered, static (state, memberId) => state.Without(memberId));
        return TrySave(Refreshed(state, mustRise: true));
    }

    private bool TrySave(ConsumerGroupState state)
    {
        var changes = ConsumerGroupChanges.Between(Id, Remembered, state);
        if (changes.Count > 0 && !_journal.TrySave(changes))
        {
            _seenTopics = -1;       // What was seen of them is not in the group's hash.
            return false;
        }

        if (!ReferenceEquals(Remembered.Members, state.Members))
            ForgetDeadlines(Remembered.Members.Keys.Where(memberId => !state.Members.ContainsKey(memberId)));
        if (state.Members.Count == 0 && Count > 0)
            StateTimestampMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Remembered = state;
        return true;
    }

    private void ForgetDeadlines(IEnumerable<string> memberIds)
    {
        foreach (var memberId in memberIds)
            _deadlines.Forget(memberId);
    }

    private void WatchRevocation(string memberId)
    {
        var standing = Remembered.StandingOf(memberId);
        if (standing.State == StandingState.UnrevokedPartitions && standing.Epoch >= 0)
            _deadlines.Revoking(memberId, standing.Epoch, Now + TimeSpan.FromMilliseconds(Remembered.Members[memberId].RebalanceTimeoutMs));
        else
            _deadlines.Revoked(memberId);
    }

    private ConsumerHeartbeatResponse? Refuse(ConsumerHeartbeatRequest request)
    {
        var isMember = Remembered.Members.ContainsKey(request.MemberId);
        if (!request.IsLeave && !isMember && Count >= _options.ConsumerMembersMax)
            return Refused(ErrorCode.GroupMaxSizeReached, $"The consumer group has reached its maximum capacity of {_options.ConsumerMembersMax} members.");
        var earlier = request.InstanceId is null ? null : Remembered.FindStatic(request.InstanceId);
        if (request.IsJoin)
            return earlier is null || earlier == request.MemberId || Remembered.StandingOf(earlier).Epoch == Standing.TemporarilyGone ? null : Refused(
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

    private static ConsumerHeartbeatResponse Refused(ErrorCode error, string message) => ConsumerHeartbeatResponse.Refused(error, message);
}

/// <summary>Where a group of the consumer protocol keeps what changes.</summary>
internal interface IConsumerGroupJournal
{
    /// <summary>Saves the changes, all or none, before a member learns of them.</summary>
    /// <returns>Whether they are safe; false when the log refused them (a full disk).</returns>
    bool TrySave(IReadOnlyList<ConsumerGroupRecord> changes);
}
