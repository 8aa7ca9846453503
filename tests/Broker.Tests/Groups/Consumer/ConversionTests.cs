using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>An empty group becomes one of the other kind, and stays it over restarts.</summary>
public sealed class ConversionTests : IDisposable
{
    private static readonly GroupClient Client = new("client", "/127.0.0.1");
    private static readonly TopicPartition Orders = new("orders", 0);

    private readonly ManualTime _time = new();
    private readonly SomeTopics _topics = new();
    private readonly MemoryJournal _journal = new();
    private readonly List<GroupTable> _started = [];
    private GroupTable _groups;

    public ConversionTests()
    {
        _topics.Put("orders", 1);
        _groups = Start();
    }

    [Fact]
    public async Task Who_joins_an_empty_classic_group_makes_it_a_consumer_group()
    {
        var classic = await JoinClassicAsync();
        Commit(classic.MemberId, classic.Generation);
        Group.Leave(new LeaveGroupRequest("shop", [new LeavingMember(classic.MemberId, null, null)]));

        Beat("a", epoch: 0).Error.ShouldBe(ErrorCode.None);

        ShouldBe(GroupKind.Consumer, GroupState.Stable);
        _groups = Start();
        ShouldBe(GroupKind.Consumer, GroupState.Stable);
        Beat("a", epoch: 1).Error.ShouldBe(ErrorCode.None);
        Offset.ShouldBe(5);
    }

    [Fact]
    public async Task Who_joins_an_empty_consumer_group_makes_it_a_classic_group()
    {
        Beat("a", epoch: 0);
        Commit("a", 1);
        Beat("a", ConsumerHeartbeatRequest.LeaveEpoch);

        (await JoinClassicAsync()).Error.ShouldBe(ErrorCode.None);

        ShouldBe(GroupKind.Classic, GroupState.Stable);
        _groups = Start();
        ShouldBe(GroupKind.Classic, GroupState.Stable);
        Offset.ShouldBe(5);
    }

    [Fact]
    public void A_deleted_consumer_group_stays_deleted()
    {
        Beat("a", epoch: 0);
        Commit("a", 1);
        _groups.Delete("shop").ShouldBe(ErrorCode.NonEmptyGroup);
        Beat("a", ConsumerHeartbeatRequest.LeaveEpoch);

        _groups.Delete("shop").ShouldBe(ErrorCode.None);

        _groups.Find("shop").ShouldBeNull();
        Start().All.ShouldBeEmpty();
    }

    [Fact]
    public void An_empty_consumer_group_survives_a_restart_and_goes_with_its_last_offset()
    {
        Beat("a", epoch: 0);
        Commit("a", 1);
        Beat("a", ConsumerHeartbeatRequest.LeaveEpoch);

        _groups = Start();

        ShouldBe(GroupKind.Consumer, GroupState.Empty);
        _time.Advance(TimeSpan.FromDays(8));
        _groups.Find("shop").ShouldBeNull();
        Start().All.ShouldBeEmpty();
    }

    [Fact]
    public void A_silent_member_is_removed_without_anybody_asking()
    {
        Beat("a", epoch: 0);

        _time.Advance(TimeSpan.FromSeconds(44));
        ShouldBe(GroupKind.Consumer, GroupState.Stable);
        _time.Advance(TimeSpan.FromSeconds(1));

        ShouldBe(GroupKind.Consumer, GroupState.Empty);
    }

    [Fact]
    public void Only_a_member_in_its_epoch_learns_offsets_in_its_own_name()
    {
        Beat("a", epoch: 0);

        Group.CheckFetch(memberId: null, epoch: -1).ShouldBe(ErrorCode.None);
        Group.CheckFetch("a", epoch: 1).ShouldBe(ErrorCode.None);
        Group.CheckFetch("a", epoch: 2).ShouldBe(ErrorCode.StaleMemberEpoch);
        Group.CheckFetch("b", epoch: 1).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_request_that_can_not_name_an_epoch_commits_nothing_in_a_members_name()
    {
        Beat("a", epoch: 0);

        Group.Commit(new GroupMember("a", GroupInstanceId: null, Generation: 1, KnowsEpochs: false), []).ShouldBe(ErrorCode.UnsupportedVersion);
    }

    public void Dispose()
    {
        foreach (var table in _started)
            table.Dispose();
    }

    private static JoinGroupRequest Joining =>
        new("shop", "", null, 10_000, 60_000, "consumer", [new("range", GroupStory.Subscription("orders"))], null, KnowsMemberIdRequired: false, CanSkipAssignment: false);

    private CoordinatedGroup Group => _groups.FindOrCreate("shop");

    private long? Offset => Group.See((_, offsets) => offsets.Find(Orders)?.Offset);

    private GroupTable Start()
    {
        var table = new GroupTable([_journal], new GroupOptions(), _topics, _time, NullLogger.Instance);
        _started.Add(table);
        return table;
    }

    private void ShouldBe(GroupKind kind, GroupState state) => Group.See((members, _) => (members.Kind, members.State)).ShouldBe((kind, state));

    private ConsumerHeartbeatResponse Beat(string memberId, int epoch) => Group.Heartbeat(
        new ConsumerHeartbeatRequest("shop", memberId, epoch, InstanceId: null, RackId: null, RebalanceTimeoutMs: 60_000, ["orders"], TopicPattern: null, ServerAssignor: null, Owned: []), Client);

    private async Task<JoinGroupResponse> JoinClassicAsync()
    {
        var joined = await Group.Join(Joining, Client);
        await Group.Sync(new SyncGroupRequest("shop", joined.Generation, joined.MemberId, null, null, null, [new(joined.MemberId, GroupStory.Bytes("all"))]));
        return joined;
    }

    private void Commit(string memberId, int generation) => Group.Commit(
        new GroupMember(memberId, GroupInstanceId: null, generation),
        [KeyValuePair.Create(Orders, new CommittedOffset(5, LeaderEpoch: -1, "", _time.GetUtcNow().ToUnixTimeMilliseconds()))]).ShouldBe(ErrorCode.None);
}
