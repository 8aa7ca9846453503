using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>How a group comes from one assignment to the next: gather the members, let the leader assign, hand out.</summary>
/// <remarks>Two phases, each with a deadline. Joining ends when everybody joined or at the longest rebalance timeout among the members; who is missing then
/// is out (static members stay until their session ends). Syncing ends with the leader's assignment; who has not asked for its own in time is out, too.
/// Source: Kafka protocol guide; KIP-62, KIP-134 (initial delay), KIP-345, KIP-394.</remarks>
internal sealed class Generation(string groupId, GroupRoster roster, IGroupJournal journal, GroupOptions options, TimeProvider time)
{
    private readonly HashSet<string> _awaitedSyncs = [];
    private TimeSpan? _joinUntil;
    private TimeSpan? _syncUntil;

    /// <summary>How much longer the first assignment may be put off while new members keep coming; null outside the initial delay.</summary>
    private TimeSpan? _initialDelayLeft;
    private bool _someoneCame;

    public GroupState State { get; private set; } = GroupState.Empty;
    public int Id { get; private set; }
    public string? ProtocolType { get; set; }
    public string? Protocol { get; private set; }
    public long StateTimestampMs { get; private set; } = time.GetUtcNow().ToUnixTimeMilliseconds();
    public TimeSpan? Deadline => Earliest(_joinUntil, _syncUntil);

    private TimeSpan Now => time.GetElapsedTime(0);

    public void Restore(GroupSnapshot snapshot)
    {
        (Id, Protocol) = (snapshot.Generation, snapshot.Protocol);
        ProtocolType = snapshot.ProtocolType.Length == 0 ? null : snapshot.ProtocolType;
        State = roster.Count == 0 ? GroupState.Empty : GroupState.Stable;
        if (snapshot.StateTimestampMs >= 0)
            StateTimestampMs = snapshot.StateTimestampMs;
    }

    /// <summary>Goes on from the generation that the members in the roster came to by the other protocol, and gathers them anew.</summary>
    /// <remarks>What is saved is the next one: should the broker stop before they have joined again, they learn by theirs that they have to.</remarks>
    /// <returns>False when the journal did not take it.</returns>
    public bool TryTakeOver(int generation)
    {
        (Id, ProtocolType, Protocol) = (generation + 1, Consumer.ClassicMembers.ProtocolType, ProtocolChoice.Choose(roster.Members));
        Become(GroupState.Stable);
        if (!TrySave())
            return false;
        Id = generation;
        Prepare();
        return true;
    }

    /// <summary>The group is deleted.</summary>
    public void Die() => Become(GroupState.Dead);

    /// <summary>Starts gathering the members, unless that is under way already.</summary>
    public void Prepare()
    {
        if (State is GroupState.PreparingRebalance or GroupState.Dead)
            return;
        var isFirst = State == GroupState.Empty;
        if (State == GroupState.CompletingRebalance)
            AnswerSyncs(ErrorCode.RebalanceInProgress);
        _syncUntil = null;
        _awaitedSyncs.Clear();
        Become(GroupState.PreparingRebalance);

        var patience = RebalanceTimeout;
        var delay = TimeSpan.FromMilliseconds(options.InitialRebalanceDelayMs);
        _initialDelayLeft = isFirst ? Max(patience - delay, TimeSpan.Zero) : null;
        _joinUntil = Now + (isFirst ? delay : patience);
        _someoneCame = false;
        CompleteJoinIfDue();
    }

    /// <summary>A new member came during the initial delay: wait a little longer for the next.</summary>
    public void SomeoneCame() => _someoneCame = true;

    /// <summary>Ends the joining phase as soon as it can end.</summary>
    public void CompleteJoinIfDue()
    {
        if (State != GroupState.PreparingRebalance)
            return;
        if (_initialDelayLeft is null ? roster.IsEverybodyJoining || Now >= _joinUntil : Now >= _joinUntil && !ExtendInitialDelay())
            CompleteJoin();
    }

    /// <summary>Takes the leader's assignment, keeps it, and hands it out.</summary>
    public void Assign(IReadOnlyList<MemberAssignment> assignments)
    {
        foreach (var member in roster.Members)
            member.Assignment = assignments.FirstOrDefault(a => a.MemberId == member.Id)?.Assignment ?? default;
        Become(GroupState.Stable);
        if (journal.TrySave(groupId, TakeSnapshot()))
        {
            AnswerSyncs(ErrorCode.None);
            return;
        }

        Become(GroupState.CompletingRebalance);
        AnswerSyncs(ErrorCode.CoordinatorNotAvailable);
        Prepare();
    }

    /// <summary>The member asked for its assignment, and is not waited for any longer.</summary>
    public void Synced(string memberId)
    {
        _awaitedSyncs.Remove(memberId);
        if (_awaitedSyncs.Count == 0)
            _syncUntil = null;
    }

    /// <summary>Members that have joined this generation and let the syncing phase pass without a word.</summary>
    public IReadOnlyList<Member> TakeLateForSync()
    {
        if (_syncUntil is null || Now < _syncUntil || State is not (GroupState.CompletingRebalance or GroupState.Stable))
            return [];
        _syncUntil = null;
        return [.. roster.Members.Where(member => _awaitedSyncs.Contains(member.Id))];
    }

    public void Touch(Member member) => member.AliveUntil = Now + member.SessionTimeout;

    public bool TrySave() => journal.TrySave(groupId, TakeSnapshot());

    public JoinGroupResponse JoinedAs(Member member) => new(
        ErrorCode.None, Id, ProtocolType, Protocol, roster.Leader!, SkipAssignment: false, member.Id, member.Id == roster.Leader ? Describe() : []);

    public IReadOnlyList<JoinedMember> Describe() => [.. roster.Members.Select(m => new JoinedMember(m.Id, m.InstanceId, m.MetadataFor(Protocol)))];

    public SyncGroupResponse SyncedAs(Member member) => new(ErrorCode.None, ProtocolType, Protocol, member.Assignment);

    private TimeSpan RebalanceTimeout => roster.Members.Select(member => member.RebalanceTimeout).DefaultIfEmpty().Max();

    private void CompleteJoin()
    {
        (_joinUntil, _initialDelayLeft) = (null, null);
        foreach (var absent in roster.Members.Where(member => !member.IsJoining && !member.IsStatic).ToList())
            roster.Remove(absent);

        if (roster.Count == 0)
            BecomeEmpty();
        else if (roster.ElectJoinedLeader())
            Start();
        else
            _joinUntil = Now + RebalanceTimeout;        // Only static members, none of them here: their sessions decide.
    }

    private void BecomeEmpty()
    {
        (Id, Protocol) = (Id + 1, null);
        Become(GroupState.Empty);
        // Should this not be saved, then a restart finds members that never return; their sessions end, and it is saved again.
        journal.TrySave(groupId, TakeSnapshot());
    }

    private void Start()
    {
        (Id, Protocol) = (Id + 1, ProtocolChoice.Choose(roster.Members));
        Become(GroupState.CompletingRebalance);
        _syncUntil = Now + RebalanceTimeout;
        foreach (var member in roster.Members)
        {
            _awaitedSyncs.Add(member.Id);
            member.IsNew = false;
            Touch(member);
            member.AnswerJoin(JoinedAs(member));
        }
    }

    private bool ExtendInitialDelay()
    {
        if (!_someoneCame || _initialDelayLeft is not { } left || left <= TimeSpan.Zero)
            return false;
        var delay = Min(TimeSpan.FromMilliseconds(options.InitialRebalanceDelayMs), left);
        (_joinUntil, _initialDelayLeft, _someoneCame) = (Now + delay, left - delay, false);
        return delay > TimeSpan.Zero;
    }

    private void AnswerSyncs(ErrorCode error)
    {
        foreach (var member in roster.Members.Where(member => member.IsSyncing))
        {
            Touch(member);
            member.AnswerSync(error == ErrorCode.None ? SyncedAs(member) : SyncGroupResponse.Refused(error));
        }
    }

    private void Become(GroupState state)
    {
        State = state;
        StateTimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private GroupSnapshot TakeSnapshot() => new(
        ProtocolType ?? "", Id, Protocol, roster.Count == 0 ? null : roster.Leader, StateTimestampMs, [.. roster.Members.Select(TakeSnapshot)]);

    private MemberSnapshot TakeSnapshot(Member member) => new(
        member.Id, member.InstanceId, member.Client.ClientId, member.Client.Host, (int)member.RebalanceTimeout.TotalMilliseconds,
        (int)member.SessionTimeout.TotalMilliseconds, member.MetadataFor(Protocol), member.Assignment);

    private static TimeSpan? Earliest(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null || one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
