using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Migration;

/// <summary>A group goes over to the other protocol while its members are at work.</summary>
public sealed class MigrationTests : IDisposable
{
    private MixedStory _story = new();

    public MigrationTests() => _story.Topics.Put("orders", 4);

    public void Dispose() => _story.Dispose();

    [Fact]
    public void Who_joins_by_the_consumer_protocol_takes_classic_members_along()
    {
        var classic = StableClassic();

        var joined = _story.Beat("new", epoch: 0);

        (joined.Error, joined.MemberEpoch, joined.Assignment!.Count).ShouldBe((ErrorCode.None, 2, 0));
        (_story.Kind, _story.State).ShouldBe((GroupKind.Consumer, GroupState.Reconciling));
        Has(classic).ShouldBe("orders:0,1,2,3");
        _story.Heartbeat(classic, generation: 1).ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void A_cooperative_member_gives_up_what_it_is_not_assigned_and_then_goes_on()
    {
        var classic = StableClassic();
        _story.Beat("new", epoch: 0);

        JoinAndSync(classic, owned: "orders:0,1,2,3").ShouldBe((1, "orders:0,1"), "it is told what to give up in the generation it is in");
        _story.Beat("new", epoch: 2).Assignment.ShouldBeNull();
        _story.Heartbeat(classic, generation: 1).ShouldBe(ErrorCode.RebalanceInProgress);
        JoinAndSync(classic, owned: "orders:0,1").ShouldBe((2, "orders:0,1"));

        _story.Text(_story.Beat("new", epoch: 2).Assignment!).ShouldBe("orders:2,3");
        _story.Heartbeat(classic, generation: 2).ShouldBe(ErrorCode.None);
        _story.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void An_eager_member_gives_up_everything_first_and_is_there_at_once()
    {
        var classic = StableClassic();
        _story.Beat("new", epoch: 0);

        JoinAndSync(classic, owned: "").ShouldBe((2, "orders:0,1"));
        _story.Text(_story.Beat("new", epoch: 2).Assignment!).ShouldBe("orders:2,3");
    }

    [Fact]
    public void A_classic_member_waits_for_what_another_has_and_is_told_when_it_can_have_it()
    {
        _story.Beat("new", epoch: 0);

        var joined = _story.Join("").Result();

        (joined.Error, joined.Generation, joined.Leader, joined.ProtocolType, joined.ProtocolName, joined.Members.Count).ShouldBe((ErrorCode.None, 2, "", "consumer", "range", 0));
        Synced(joined).ShouldBe("");
        _story.Heartbeat(joined.MemberId, generation: 2).ShouldBe(ErrorCode.None, "what it shall have is another's yet");
        _story.Beat("new", epoch: 1);
        _story.Beat("new", epoch: 1, owned: "orders:0,1").MemberEpoch.ShouldBe(2);
        _story.Heartbeat(joined.MemberId, generation: 2).ShouldBe(ErrorCode.RebalanceInProgress);
        JoinAndSync(joined.MemberId, owned: "").ShouldBe((2, "orders:2,3"));
    }

    [Fact]
    public void The_last_one_of_the_consumer_protocol_leaves_the_others_classic()
    {
        var classic = Mixed();

        _story.Leave("new").Error.ShouldBe(ErrorCode.None);

        (_story.Kind, _story.State, _story.Generation).ShouldBe((GroupKind.Classic, GroupState.PreparingRebalance, 2));
        _story.Heartbeat(classic, generation: 2).ShouldBe(ErrorCode.RebalanceInProgress);
        LeadAlone(classic).ShouldBe(3);
        _story.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void A_silent_one_of_the_consumer_protocol_leaves_the_others_classic()
    {
        var classic = Mixed();

        for (var i = 0; i < 4; i++)
        {
            _story.Time.Advance(TimeSpan.FromSeconds(15));
            _story.Heartbeat(classic, generation: 2);
        }

        _story.Kind.ShouldBe(GroupKind.Classic);
    }

    [Fact]
    public void Whatever_the_group_is_survives_a_restart()
    {
        var classic = Mixed();
        _story.Restart();
        _story.Kind.ShouldBe(GroupKind.Consumer);
        _story.Heartbeat(classic, generation: 2).ShouldBe(ErrorCode.None);
        _story.Beat("new", epoch: 2).Error.ShouldBe(ErrorCode.None);

        _story.Leave("new");
        _story.Restart();
        (_story.Kind, _story.State).ShouldBe((GroupKind.Classic, GroupState.Stable));
        _story.Heartbeat(classic, generation: 2).ShouldBe(ErrorCode.IllegalGeneration, "the rebalance that was begun is not forgotten");
        LeadAlone(classic).ShouldBe(4);
    }

    [Fact]
    public void A_downgrade_that_a_crash_cut_short_is_made_up_for_at_the_start()
    {
        Mixed();
        _story.Journal.Room = 1;        // The member's leaving, not what follows from it.
        _story.Leave("new").Error.ShouldBe(ErrorCode.None);
        _story.Kind.ShouldBe(GroupKind.Consumer);

        _story.Journal.Room = int.MaxValue;
        _story.Restart();

        _story.Kind.ShouldBe(GroupKind.Classic);
    }

    [Fact]
    public void Who_waits_for_the_others_is_told_to_join_the_other_group()
    {
        var first = StableClassic();
        var second = _story.Join("");

        _story.Beat("new", epoch: 0).Error.ShouldBe(ErrorCode.None);

        var told = second.Result();
        told.Error.ShouldBe(ErrorCode.RebalanceInProgress);
        JoinAndSync(told.MemberId, owned: "").Generation.ShouldBe(2);
        JoinAndSync(first, owned: "").Generation.ShouldBe(2);
    }

    [Fact]
    public void Who_waits_for_an_assignment_is_told_to_join_the_other_group()
    {
        var first = StableClassic();
        var second = _story.Join("");
        var leading = _story.Join(first).Result();
        var syncing = _story.Sync(second.Result().MemberId, leading.Generation);
        syncing.ShouldWait();

        _story.Beat("new", epoch: 0).MemberEpoch.ShouldBe(3);

        syncing.Result().Error.ShouldBe(ErrorCode.RebalanceInProgress);
        _story.Sync(first, leading.Generation).Result().Error.ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void What_a_member_was_to_give_up_just_then_is_its_own_until_it_joins_again()
    {
        var first = StableClassic();
        var second = _story.Join("", strategy: "range");
        var leading = _story.Join(first, owned: "orders:0,1,2,3").Result();
        _story.Sync(first, leading.Generation, _story.Assignment(first, _story.Partitions("orders:0,1"))).Result().Error.ShouldBe(ErrorCode.None);     // Nobody has the others before the first gives them up.

        _story.Beat("new", epoch: 0).Assignment!.IsEmpty.ShouldBeTrue();
        JoinAndSync(first, owned: "orders:0,1").Generation.ShouldBe(3);

        _story.Text(_story.Beat("new", epoch: 3).Assignment!).ShouldNotBeEmpty();
        second.Result().Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_group_that_lost_its_members_while_it_waited_for_more_goes_over()
    {
        Restart(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var asked = _story.Join("", knowsMemberIdRequired: true).Result();
        var waiting = _story.Join(asked.MemberId);
        waiting.ShouldWait();
        _story.LeaveClassic(asked.MemberId);
        _story.State.ShouldBe(GroupState.PreparingRebalance);

        _story.Text(_story.Beat("new", epoch: 0).Assignment!).ShouldBe("orders:0,1,2,3");
        waiting.Result().Error.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_join_that_is_refused_leaves_the_group_as_it_is()
    {
        var classic = StableClassic();
        var journaled = _story.Journal.Count;
        _story.Journal.Room = 0;

        _story.Beat("new", epoch: 0).Error.ShouldBe(ErrorCode.CoordinatorNotAvailable);

        _story.Journal.Room = int.MaxValue;
        (_story.Kind, _story.State, _story.Journal.Count).ShouldBe((GroupKind.Classic, GroupState.Stable, journaled));
        _story.Heartbeat(classic, generation: 1).ShouldBe(ErrorCode.None);
    }

    [Theory]
    [InlineData(ConsumerMigrationPolicy.Disabled, false, false)]
    [InlineData(ConsumerMigrationPolicy.Upgrade, true, false)]
    [InlineData(ConsumerMigrationPolicy.Downgrade, false, true)]
    [InlineData(ConsumerMigrationPolicy.Bidirectional, true, true)]
    public void A_group_goes_over_as_far_as_it_may(ConsumerMigrationPolicy policy, bool isUpgraded, bool isDowngraded)
    {
        Restart(new GroupOptions { ConsumerMigrationPolicy = policy });
        var classic = StableClassic();
        var joined = _story.Beat("new", epoch: 0);
        joined.Error.ShouldBe(isUpgraded ? ErrorCode.None : ErrorCode.GroupIdNotFound, joined.Message);
        _story.Kind.ShouldBe(isUpgraded ? GroupKind.Consumer : GroupKind.Classic);

        _story.LeaveClassic(classic);
        if (!isUpgraded)
            _story.Beat("new", epoch: 0).Error.ShouldBe(ErrorCode.None);
        _story.Join("").Result().Error.ShouldBe(ErrorCode.None, "classic members may always come");
        _story.Leave("new");
        _story.Kind.ShouldBe(isDowngraded ? GroupKind.Classic : GroupKind.Consumer);
    }

    [Fact]
    public async Task Members_that_are_no_consumers_are_not_taken_along()
    {
        var joined = await _story.Group.Join(new JoinGroupRequest("orders", "", null, 45_000, 60_000, "connect", [new("sessioned", GroupStory.Bytes("x"))], null, false, false), new("client", "/127.0.0.1"));
        joined.Error.ShouldBe(ErrorCode.None);

        Refused().ShouldBe("Cannot upgrade classic group orders to consumer group because the group does not use the consumer embedded protocol.");
    }

    [Fact]
    public void What_a_strategy_of_its_own_assigned_would_be_lost()
    {
        var joined = _story.Join("", strategy: "by-moonlight").Result();
        byte[] assigned = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 42];
        _story.Sync(joined.MemberId, joined.Generation, new MemberAssignment(joined.MemberId, assigned)).Result().Error.ShouldBe(ErrorCode.None);

        Refused().ShouldStartWith("Cannot upgrade classic group orders to consumer group because an unsupported custom assignor is in use.");
    }

    [Fact]
    public void What_librdkafka_says_beside_an_assignment_is_no_obstacle()
    {
        var joined = _story.Join("", strategy: "cooperative-sticky").Result();
        byte[] assigned = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 42];
        _story.Sync(joined.MemberId, joined.Generation, new MemberAssignment(joined.MemberId, assigned)).Result().Error.ShouldBe(ErrorCode.None);

        _story.Beat("new", epoch: 0).Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_group_too_large_for_the_other_protocol_stays()
    {
        Restart(new GroupOptions { ConsumerMembersMax = 1, MembersMax = 1 });
        StableClassic();
        _story.Beat("new", epoch: 0).Error.ShouldBe(ErrorCode.GroupMaxSizeReached);
        _story.Kind.ShouldBe(GroupKind.Classic);
    }

    [Fact]
    public void A_classic_member_that_does_not_join_again_is_out_although_it_is_alive()
    {
        var classic = StableClassic();
        _story.Beat("new", epoch: 0);

        for (var i = 0; i < 4; i++)
        {
            _story.Heartbeat(classic, generation: 1).ShouldBe(ErrorCode.RebalanceInProgress);
            _story.Time.Advance(TimeSpan.FromSeconds(15));
            _story.Beat("new", epoch: 2);
        }

        _story.Remembered.Members.Keys.ShouldBe(["new"]);
        Has("new").ShouldBe("orders:0,1,2,3");
    }

    [Fact]
    public void A_classic_member_that_does_not_sync_is_out_although_it_is_alive()
    {
        _story.Beat("new", epoch: 0);
        var joined = _story.Join("").Result();

        for (var i = 0; i < 5; i++)
        {
            _story.Heartbeat(joined.MemberId, joined.Generation);
            _story.Time.Advance(TimeSpan.FromSeconds(13));
            _story.Beat("new", epoch: _story.Remembered.StandingOf("new").Epoch);
        }

        _story.Remembered.Members.Keys.ShouldBe(["new"]);
    }

    [Fact]
    public void A_static_member_changes_its_protocol_and_keeps_what_it_had()
    {
        var joined = _story.Join("", instance: "host-1").Result();
        _story.Sync(joined.MemberId, 1, _story.Assignment(joined.MemberId, _story.Partitions("orders:0,1,2,3"))).Result().Error.ShouldBe(ErrorCode.None);

        _story.Text(_story.Beat("new", epoch: 0, instance: "host-1").Assignment!).ShouldBe("orders:0,1,2,3");
        _story.Remembered.Members.Keys.ShouldBe(["new"]);
        _story.Heartbeat(joined.MemberId, 1, instance: "host-1").ShouldBe(ErrorCode.FencedInstanceId);

        var back = _story.Join("", instance: "host-1").Result();
        back.Error.ShouldBe(ErrorCode.None);
        _story.Kind.ShouldBe(GroupKind.Classic);
        _story.Beat("new", epoch: 2, instance: "host-1").Error.ShouldBe(ErrorCode.GroupIdNotFound);
        _story.Heartbeat(back.MemberId, back.Generation, instance: "host-1").ShouldBe(ErrorCode.RebalanceInProgress, "it joins once more than it would have to");
    }

    [Fact]
    public void Offsets_are_committed_by_either_kind()
    {
        var classic = Mixed();

        Commit(classic, generation: 2, knowsEpochs: false).ShouldBe(ErrorCode.None);
        Commit(classic, generation: 1, knowsEpochs: false).ShouldBe(ErrorCode.IllegalGeneration);
        Commit("new", generation: 2, knowsEpochs: false).ShouldBe(ErrorCode.UnsupportedVersion);
        Commit("new", generation: 1, knowsEpochs: true).ShouldBe(ErrorCode.StaleMemberEpoch);
    }

    [Fact]
    public void What_a_classic_member_must_not_do_is_refused()
    {
        var classic = Mixed();

        _story.Heartbeat("new", generation: 2).ShouldBe(ErrorCode.UnknownMemberId);
        _story.Heartbeat("stranger", generation: 2).ShouldBe(ErrorCode.UnknownMemberId);
        _story.Heartbeat(classic, generation: 1).ShouldBe(ErrorCode.IllegalGeneration);
        _story.Sync(classic, generation: 1).Result().Error.ShouldBe(ErrorCode.IllegalGeneration);
        _story.Join("", strategy: "another").Result().Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        _story.Join("stranger", instance: "host-1").Result().Error.ShouldBe(ErrorCode.UnknownMemberId);
        _story.Join("", knowsMemberIdRequired: true).Result().Error.ShouldBe(ErrorCode.MemberIdRequired);
    }

    private void Restart(GroupOptions options)
    {
        _story.Dispose();
        _story = new MixedStory(options);
        _story.Topics.Put("orders", 4);
    }

    /// <summary>A classic group of one that has everything.</summary>
    private string StableClassic()
    {
        var joined = _story.Join("").Result();
        _story.Sync(joined.MemberId, joined.Generation, _story.Assignment(joined.MemberId, _story.Partitions("orders:0,1,2,3"))).Result().Error.ShouldBe(ErrorCode.None);
        return joined.MemberId;
    }

    /// <summary>A member of each kind, in epoch 2, with two partitions each.</summary>
    private string Mixed()
    {
        var classic = StableClassic();
        _story.Beat("new", epoch: 0);
        JoinAndSync(classic, owned: "");
        _story.Beat("new", epoch: 2);
        _story.State.ShouldBe(GroupState.Stable);
        return classic;
    }

    /// <summary>The only member of a classic group joins and assigns.</summary>
    private int LeadAlone(string memberId)
    {
        var joined = _story.Join(memberId).Result();
        (joined.Error, joined.Leader).ShouldBe((ErrorCode.None, memberId));
        _story.Sync(memberId, joined.Generation, _story.Assignment(memberId, _story.Partitions("orders:0,1,2,3"))).Result().Error.ShouldBe(ErrorCode.None);
        return joined.Generation;
    }

    private (int Generation, string Assigned) JoinAndSync(string memberId, string owned)
    {
        var joined = _story.Join(memberId, owned).Result();
        joined.Error.ShouldBe(ErrorCode.None);
        return (joined.Generation, Synced(joined));
    }

    private string Synced(JoinGroupResponse joined)
    {
        var synced = _story.Sync(joined.MemberId, joined.Generation).Result();
        synced.Error.ShouldBe(ErrorCode.None);
        return _story.Text(_story.AssignedIn(synced));
    }

    private string Has(string memberId) => _story.Text(_story.Remembered.StandingOf(memberId).Assigned);

    private string? Refused()
    {
        var refused = _story.Beat("new", epoch: 0);
        refused.Error.ShouldBe(ErrorCode.GroupIdNotFound);
        _story.Kind.ShouldBe(GroupKind.Classic);
        return refused.Message;
    }

    private ErrorCode Commit(string memberId, int generation, bool knowsEpochs) => _story.Group.Commit(new GroupMember(memberId, GroupInstanceId: null, generation, knowsEpochs), []);
}
