using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>Members with an identity across restarts.</summary>
public sealed class StaticMemberTests
{
    private readonly ConsumerStory _story = new();

    public StaticMemberTests()
    {
        _story.Topics.Put("orders", 4);
        _story.Join("a", instance: "host-1");
        _story.Join("b", instance: "host-2");
        _story.SettleAll();
    }

    [Fact]
    public void One_that_comes_back_has_what_it_had_and_nobody_notices()
    {
        var had = _story.Has("b");
        var left = _story.Beat("b", ConsumerHeartbeatRequest.LeaveForRestartEpoch, instance: "host-2");
        (left.Error, left.MemberEpoch).ShouldBe((ErrorCode.None, -2));
        _story.Beat("a", epoch: 2, instance: "host-1").Assignment.ShouldBeNull();

        var again = _story.Join("b2", instance: "host-2");

        (again.Error, again.MemberEpoch, _story.Text(again.Assignment!)).ShouldBe((ErrorCode.None, 2, had));
        _story.Group.Generation.ShouldBe(2);
        _story.Group.State.ShouldBe(GroupState.Stable);
        ConsumerGroupChanges.Between("orders", _story.Journaled, _story.Group.Remembered).ShouldBeEmpty();
    }

    [Fact]
    public void One_that_was_replaced_is_not_waited_for()
    {
        _story.Beat("b", ConsumerHeartbeatRequest.LeaveForRestartEpoch, instance: "host-2");
        _story.Join("b2", instance: "host-2");

        for (var seconds = 0; seconds < 60; seconds += 20)
        {
            _story.Pass(TimeSpan.FromSeconds(20)).ShouldBeEmpty();
            _story.Beat("a", epoch: 2).Error.ShouldBe(ErrorCode.None);
            _story.Beat("b2", epoch: 2).Error.ShouldBe(ErrorCode.None);
        }
    }

    [Fact]
    public void One_that_restarts_while_it_gives_up_partitions_has_its_whole_session_to_come_back()
    {
        _story.Join("c", rebalanceMs: 10_000);
        _story.Beat("a", epoch: 2, rebalanceMs: 10_000);
        _story.Group.Remembered.StandingOf("a").State.ShouldBe(StandingState.UnrevokedPartitions);
        _story.Beat("a", ConsumerHeartbeatRequest.LeaveForRestartEpoch, instance: "host-1");

        _story.Pass(TimeSpan.FromSeconds(40)).ShouldBeEmpty();
        _story.Join("a2", instance: "host-1").Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void One_that_stays_away_is_out_when_its_session_is_over()
    {
        _story.Beat("b", ConsumerHeartbeatRequest.LeaveForRestartEpoch, instance: "host-2");
        _story.Pass(TimeSpan.FromSeconds(44));
        _story.Beat("a", epoch: 2);

        _story.Pass(TimeSpan.FromSeconds(1)).Select(silent => silent.Id).ShouldBe(["b"]);

        _story.Text(_story.Beat("a", epoch: 2).Assignment!).ShouldBe("orders:0,1,2,3");
    }

    [Fact]
    public void An_instance_id_is_somebodys_until_it_leaves()
    {
        _story.Join("b2", instance: "host-2").Error.ShouldBe(ErrorCode.UnreleasedInstanceId);
        _story.Join("b", instance: "host-2").Error.ShouldBe(ErrorCode.None, "the answer to its join may be lost");
    }

    [Fact]
    public void One_that_was_replaced_is_fenced()
    {
        _story.Beat("b", ConsumerHeartbeatRequest.LeaveForRestartEpoch, instance: "host-2");
        _story.Join("b2", instance: "host-2");

        _story.Beat("b", epoch: 2, instance: "host-2").Error.ShouldBe(ErrorCode.FencedInstanceId);
        _story.Beat("b", epoch: 2).Error.ShouldBe(ErrorCode.UnknownMemberId);
        _story.Beat("c", epoch: 2, instance: "host-3").Error.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void One_that_leaves_for_good_is_gone()
    {
        _story.Beat("b", ConsumerHeartbeatRequest.LeaveEpoch, instance: "host-2").Error.ShouldBe(ErrorCode.None);

        _story.Text(_story.Beat("a", epoch: 2).Assignment!).ShouldBe("orders:0,1,2,3");
    }

    [Fact]
    public void An_operator_removes_one_by_its_instance_id()
    {
        var answer = _story.Group.Leave(new LeaveGroupRequest("orders", [new LeavingMember("", "host-2", null), new LeavingMember("x", "host-1", null), new LeavingMember("x", null, null)]));

        answer.Members.Select(member => member.Error).ShouldBe([ErrorCode.None, ErrorCode.FencedInstanceId, ErrorCode.UnknownMemberId]);
        _story.Text(_story.Beat("a", epoch: 2).Assignment!).ShouldBe("orders:0,1,2,3");
    }
}
