using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Migration;

/// <summary>A consumer of the classic protocol as clients are: it joins again when it is told to, leads when it is asked to, and starts over when it is fenced.</summary>
/// <param name="isCooperative">It goes on with what it has while it joins, and gives up afterwards what it was not assigned again; otherwise it gives up everything first.</param>
internal sealed class SimulatedClassic(MixedStory story, string[] topics, bool isCooperative)
{
    private string _memberId = "";
    private int _generation;
    private bool _mustJoin = true;
    private bool _leads;
    private long _topicsSeen;
    private Task<JoinGroupResponse>? _joining;
    private Task<SyncGroupResponse>? _syncing;

    public string[] Topics { get; private set; } = topics;
    public bool IsAlive { get; private set; } = true;

    /// <summary>What it reads from at the moment.</summary>
    public PartitionSet Used { get; private set; } = PartitionSet.Empty;

    /// <summary>Does what comes next, if it is not waiting.</summary>
    public void Beat()
    {
        if (_joining is { } joining)
            TakeJoined(joining);
        else if (_syncing is { } syncing)
            TakeSynced(syncing);
        else if (_mustJoin || (_leads && _topicsSeen != story.Topics.Version))
            Join();
        else
            Learn(story.Heartbeat(_memberId, _generation));
    }

    public void Subscribe(string[] topics) => (Topics, _mustJoin) = (topics, true);

    /// <summary>What it waited for will not be answered.</summary>
    public void LoseConnection()
    {
        _mustJoin |= _joining is not null || _syncing is not null;
        (_joining, _syncing) = (null, null);
    }

    /// <summary>Ends without a word.</summary>
    public void Die() => (IsAlive, Used) = (false, PartitionSet.Empty);

    /// <summary>Ends with a good-bye.</summary>
    public void Leave()
    {
        if (_memberId.Length > 0)
            story.LeaveClassic(_memberId);
        Die();
    }

    /// <summary>Another process.</summary>
    public void Start()
    {
        LoseConnection();
        StartOver();
        _memberId = "";
        IsAlive = true;
    }

    private void Join()
    {
        if (!isCooperative)
            Used = PartitionSet.Empty;
        (_mustJoin, _topicsSeen) = (false, story.Topics.Version);
        _joining = story.Group.Join(
            new JoinGroupRequest(
                "orders", _memberId, GroupInstanceId: null, SessionTimeoutMs: 45_000, RebalanceTimeoutMs: 60_000, "consumer",
                [new MemberProtocol(isCooperative ? "cooperative-sticky" : "range", story.Subscription(Topics, Used)), new MemberProtocol("both", story.Subscription(Topics, Used))],
                Reason: null, KnowsMemberIdRequired: true, CanSkipAssignment: true),
            new GroupClient("client", "/127.0.0.1"));
    }

    private void TakeJoined(Task<JoinGroupResponse> joining)
    {
        if (!joining.IsCompleted)
            return;
        _joining = null;
        var joined = joining.Result();
        if (joined.Error == ErrorCode.MemberIdRequired)
            (_memberId, _mustJoin) = (joined.MemberId, true);
        else if (joined.Error != ErrorCode.None)
            Learn(joined.Error);
        else
            Sync(joined);
    }

    private void Sync(JoinGroupResponse joined)
    {
        (_memberId, _generation, _leads) = (joined.MemberId, joined.Generation, joined.MemberId == joined.Leader);
        _syncing = story.Sync(_memberId, _generation, _leads ? Assign(joined.Members) : []);
    }

    private void TakeSynced(Task<SyncGroupResponse> syncing)
    {
        if (!syncing.IsCompleted)
            return;
        _syncing = null;
        var synced = syncing.Result();
        if (synced.Error != ErrorCode.None)
        {
            Learn(synced.Error);
            return;
        }

        var assigned = story.AssignedIn(synced);
        _mustJoin |= isCooperative && !Used.IsSubsetOf(assigned);
        Used = assigned;
    }

    private void Learn(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.RebalanceInProgress:
                _mustJoin = true;
                break;
            case ErrorCode.UnknownMemberId:
                _memberId = "";
                StartOver();
                break;
            case ErrorCode.IllegalGeneration:
                StartOver();
                break;
            default:
                throw new InvalidOperationException($"{_memberId} was answered {error}.");
        }
    }

    private void StartOver() => (_generation, _mustJoin, _leads, Used) = (0, true, false, PartitionSet.Empty);

    /// <summary>In turns, topic by topic; what somebody else has yet is nobody's until that one has given it up.</summary>
    private List<MemberAssignment> Assign(IReadOnlyList<JoinedMember> members)
    {
        var wishes = members.OrderBy(member => member.MemberId, StringComparer.Ordinal).Select(member => (member.MemberId, Wish: ConsumerSubscription.Read(member.Metadata)!)).ToList();
        var owners = wishes.SelectMany(one => NamedPartitions.ToSet(one.Wish.Owned, story.Topics).All.Select(p => (p, one.MemberId))).ToLookup(pair => pair.p, pair => pair.MemberId);
        var shares = members.ToDictionary(member => member.MemberId, _ => new List<TopicIdPartition>());
        foreach (var topic in story.Topics.Topics)
        {
            var subscribers = wishes.Where(one => one.Wish.Topics.Contains(topic.Name)).ToList();
            for (var partition = 0; subscribers.Count > 0 && partition < topic.PartitionCount; partition++)
            {
                var taker = subscribers[partition % subscribers.Count].MemberId;
                var one = new TopicIdPartition(topic.Id, partition);
                if (owners[one].All(owner => owner == taker))
                    shares[taker].Add(one);
            }
        }

        return [.. shares.Select(share => story.Assignment(share.Key, PartitionSet.Of(share.Value)))];
    }
}
