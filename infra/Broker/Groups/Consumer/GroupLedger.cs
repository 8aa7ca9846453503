using Streaming.Broker.Groups.Consumer.Assignors;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>What a group of the consumer protocol remembers, the steps from one state to the next, and until when it waits for whom.</summary>
/// <remarks>
/// A step makes the next of three epochs from the one before, each at most once: the group's rises when members or their topics change, the target's follows
/// when it is worked out anew, and each member's when it has given up what the target takes from it (<see cref="Reconciliation"/>).
/// A change that the journal did not take has not happened. Not thread-safe: the group's coordinator holds its lock.
/// </remarks>
internal sealed class GroupLedger
{
    /// <summary>When to try again what the journal did not take.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string _groupId;
    private readonly IConsumerGroupJournal _journal;
    private readonly GroupOptions _options;
    private readonly Func<ConsumerTiming> _timing;
    private readonly AssignorTable _assignors;
    private readonly ITopicDirectory _directory;
    private readonly SubscribedTopics _topics;
    private readonly TimeProvider _time;
    private readonly MemberDeadlines _deadlines = new();
    private long _seenTopics = -1;

    /// <param name="timing">How often members are heard of; asked anew each time.</param>
    public GroupLedger(string groupId, IConsumerGroupJournal journal, GroupOptions options, Func<ConsumerTiming> timing, ITopicDirectory topics, TimeProvider time)
    {
        (_groupId, _journal, _options, _timing, _directory, _time) = (groupId, journal, options, timing, topics, time);
        _assignors = new AssignorTable(options.ConsumerAssignors);
        _topics = new SubscribedTopics(topics);
        StateTimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public ConsumerGroupState Remembered { get; private set; } = ConsumerGroupState.New;

    public int Count => Remembered.Members.Count;

    /// <summary>Since when it is empty; for one that is not, when it was made or restored.</summary>
    public long StateTimestampMs { get; private set; }

    /// <summary>The assignor that the next target is worked out by.</summary>
    public string Assignor => _assignors.Choose(Remembered.Members.Values).Name;

    public TimeSpan? Deadline => _deadlines.Earliest;

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Brings back what was saved. Restored members have one session timeout to be heard of again.</summary>
    public void Restore(ConsumerGroupState remembered)
    {
        Remembered = remembered;
        foreach (var memberId in remembered.Members.Keys)
        {
            HeardOf(memberId);
            WatchRevocation(memberId);
        }
    }

    public bool IsSubscribed(string topic) =>
        Remembered.Members.Values.Any(member => member.TopicNames.Contains(topic) || _topics.Of(member).Any(one => one.Name == topic));

    /// <summary>Whether the group may keep what this member says of itself.</summary>
    public bool HasBytesFor(string memberId, Subscriber member) =>
        MemberSize.Of(memberId, member) <= _options.MemberBytesMax
        && Remembered.With(memberId, member).Members.Sum(one => MemberSize.Of(one.Key, one.Value)) <= _options.MembersBytesMax;

    /// <summary>A static member that comes back takes over what it had, under its new id, in an epoch that makes it learn of it.</summary>
    public ConsumerGroupState InPlaceOf(string? instanceId, string memberId)
    {
        if (instanceId is null || Remembered.FindStatic(instanceId) is not { } earlier || earlier == memberId)
            return Remembered;
        var standing = Remembered.StandingOf(earlier) with { Epoch = 0, PreviousEpoch = 0 };
        var state = Remembered.Without(earlier).With(memberId, Remembered.Members[earlier]).With(memberId, standing);
        return state with { Targets = state.Targets.SetItem(memberId, Remembered.TargetOf(earlier)) };
    }

    /// <summary>A member says who it is and what it has, and goes the next step towards its target.</summary>
    /// <param name="state">What is remembered, with the member in its predecessor's place if it has one.</param>
    /// <param name="owned">Null when it did not say.</param>
    /// <returns>False when the journal did not take it.</returns>
    public bool TryFollow(ConsumerGroupState state, string memberId, Subscriber member, PartitionSet? owned)
    {
        var before = state.Members.GetValueOrDefault(memberId, Subscriber.Unknown);
        state = Assigned(Refreshed(state.With(memberId, member), mustRise: !member.WantsTheSame(before)));
        return TrySave(state.With(memberId, Reconcile(state, memberId, owned)));
    }

    /// <summary>Sees whether the members' topics changed.</summary>
    public bool TryRefresh() => TrySave(Refreshed(Remembered, mustRise: false));

    /// <summary>Whether the member would get on by saying what it has: it is behind the group, has something to give up, or can have all that it waits for.</summary>
    public bool HasStepFor(string memberId)
    {
        var standing = Remembered.StandingOf(memberId);
        return standing.Epoch < Remembered.Epoch
            || standing.State == StandingState.UnrevokedPartitions
            || (standing.State == StandingState.UnreleasedPartitions && Reconcile(Remembered, memberId, owned: null).State == StandingState.Stable);
    }

    /// <summary>The members are out, and the next step of another shares out what they had.</summary>
    public bool TryRemove(IReadOnlyList<string> memberIds)
    {
        var state = memberIds.Aggregate(Remembered, static (state, memberId) => state.Without(memberId));
        return TrySave(Refreshed(state, mustRise: true));
    }

    /// <summary>A static member is away, and said that it comes back.</summary>
    public bool TryLeaveForRestart(string memberId)
    {
        var gone = Remembered.StandingOf(memberId) with { Epoch = Standing.TemporarilyGone, PendingRevocation = PartitionSet.Empty };
        if (!TrySave(Remembered.With(memberId, gone)))
            return false;
        _deadlines.Done(memberId);
        return true;
    }

    /// <summary>Takes out who let a deadline pass.</summary>
    public IReadOnlyList<SilentMember> RemoveLate()
    {
        var late = _deadlines.TakeLate(Now);
        var silent = late.Select(memberId => new SilentMember(memberId, SessionOf(memberId))).ToList();
        if (silent.Count == 0 || TryRemove(late))
            return silent;
        foreach (var memberId in late)
            _deadlines.HeardOf(memberId, Now + RetryDelay);
        return [];
    }

    public void HeardOf(string memberId) => _deadlines.HeardOf(memberId, Now + SessionOf(memberId));

    /// <summary>The member has its rebalance timeout for the next step, counted from the first time that it is told to take it in this epoch.</summary>
    public void Await(string memberId) =>
        _deadlines.Awaiting(memberId, Remembered.StandingOf(memberId).Epoch, Now + TimeSpan.FromMilliseconds(Remembered.Members[memberId].RebalanceTimeoutMs));

    /// <summary>The member took the step that it was waited for.</summary>
    public void Done(string memberId) => _deadlines.Done(memberId);

    /// <summary>Waits for a member of the consumer protocol exactly while it gives up partitions; members of the classic protocol are waited for by their requests.</summary>
    public void WatchRevocation(string memberId)
    {
        var standing = Remembered.StandingOf(memberId);
        if (standing.State == StandingState.UnrevokedPartitions && standing.Epoch >= 0)
            Await(memberId);
        else
            Done(memberId);
    }

    private TimeSpan SessionOf(string memberId) =>
        TimeSpan.FromMilliseconds(Remembered.Members.GetValueOrDefault(memberId)?.Classic?.SessionTimeoutMs ?? _timing().SessionTimeoutMs);

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

    private bool TrySave(ConsumerGroupState state)
    {
        var changes = ConsumerGroupChanges.Between(_groupId, Remembered, state);
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
}

/// <summary>Where a group of the consumer protocol keeps what changes.</summary>
internal interface IConsumerGroupJournal
{
    /// <summary>Saves the changes, all or none, before a member learns of them.</summary>
    /// <returns>Whether they are safe; false when the log refused them (a full disk).</returns>
    bool TrySave(IReadOnlyList<ConsumerGroupRecord> changes);
}
