using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class StaticMemberTests
{
    [Fact]
    public void A_static_member_is_admitted_at_once_and_its_id_starts_with_its_instance() =>
        new GroupStory().Join(instance: "host-1", knowsMemberIdRequired: true).Result().MemberId.ShouldStartWith("host-1-");

    [Fact]
    public void A_restarted_static_follower_takes_its_assignment_back_without_a_rebalance()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo(followersInstance: "host-2");

        var again = story.Join(instance: "host-2").Result();

        again.Generation.ShouldBe(follower.Generation);
        again.MemberId.ShouldNotBe(follower.MemberId);
        story.Sync(again).Result().Assignment.ShouldBeText("1");
        story.Heartbeat(leader).ShouldBe(ErrorCode.None);
        story.Saved[^1].Members[1].Id.ShouldBe(again.MemberId);
    }

    [Fact]
    public void The_replaced_process_is_fenced()
    {
        var story = new GroupStory();
        var (_, follower) = story.StableWithTwo(followersInstance: "host-2");
        story.Join(instance: "host-2").Result();

        story.Heartbeat(follower, instance: "host-2").ShouldBe(ErrorCode.FencedInstanceId);
        story.Group.CheckCommit(follower.MemberId, "host-2", follower.Generation, isTransactional: false).ShouldBe(ErrorCode.FencedInstanceId);
        story.Join(follower.MemberId, instance: "host-2").Result().Error.ShouldBe(ErrorCode.FencedInstanceId);
        story.Leave(follower.MemberId, instance: "host-2").ShouldBe(ErrorCode.FencedInstanceId);
    }

    [Fact]
    public void A_restarted_static_leader_skips_the_assignment_where_it_can()
    {
        var story = new GroupStory();
        story.StableWithTwo(instance: "host-1");

        var again = story.Join(instance: "host-1", canSkipAssignment: true).Result();

        again.Leader.ShouldBe(again.MemberId);
        again.SkipAssignment.ShouldBeTrue();
        again.Members.Count.ShouldBe(2);
        story.Sync(again).Result().Assignment.ShouldBeText("0");
    }

    [Fact]
    public void A_restarted_static_leader_of_an_older_client_takes_itself_for_a_follower()
    {
        var story = new GroupStory();
        var (leader, _) = story.StableWithTwo(instance: "host-1");

        var again = story.Join(instance: "host-1").Result();

        again.Leader.ShouldBe(leader.MemberId);
        again.Members.ShouldBeEmpty();
        story.Group.Leader.ShouldBe(again.MemberId);
    }

    [Fact]
    public void Other_owned_partitions_in_the_metadata_are_no_reason_to_rebalance_after_a_restart()
    {
        var story = new GroupStory();
        story.StableWithTwo(followersInstance: "host-2");

        story.Join(instance: "host-2", metadata: GroupStory.Subscription("orders", userData: "owns nothing")).Result().Error.ShouldBe(ErrorCode.None);
        story.Group.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void Other_topics_after_a_restart_start_a_rebalance()
    {
        var story = new GroupStory();
        var (leader, _) = story.StableWithTwo(followersInstance: "host-2");

        story.Join(instance: "host-2", metadata: GroupStory.Subscription("refunds")).ShouldWait();
        story.Heartbeat(leader).ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void A_restart_that_can_not_be_saved_becomes_a_rebalance()
    {
        var story = new GroupStory();
        story.StableWithTwo(followersInstance: "host-2");
        story.IsDiskFull = true;

        story.Join(instance: "host-2").ShouldWait();
        story.Group.State.ShouldBe(GroupState.PreparingRebalance);
    }

    [Fact]
    public void A_static_member_that_is_away_keeps_its_place_in_a_rebalance()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo(followersInstance: "host-2");
        story.Join().ShouldWait();

        // The session of the absent outlasts the wait of the present ones.
        story.Pass(TimeSpan.FromSeconds(5), beating: leader);
        var again = story.Join(leader.MemberId);
        for (var second = 0; second < 60 && !again.IsCompleted; second++)
            story.Pass(TimeSpan.FromSeconds(1), follower with { Generation = story.Group.Generation });

        again.Result().Members.Count.ShouldBe(3);
        again.Result().Members.ShouldContain(member => member.GroupInstanceId == "host-2");
    }

    [Fact]
    public void A_static_member_that_stays_away_loses_its_place_with_its_session()
    {
        var story = new GroupStory();
        var (leader, _) = story.StableWithTwo(followersInstance: "host-2");

        story.Pass(TimeSpan.FromSeconds(10), beating: leader);

        story.Join(leader.MemberId).Result().Members.Count.ShouldBe(1);
    }

    [Fact]
    public void An_operator_removes_a_static_member_by_its_instance_id()
    {
        var story = new GroupStory();
        var (leader, _) = story.StableWithTwo(followersInstance: "host-2");

        story.Leave("", instance: "host-2").ShouldBe(ErrorCode.None);
        story.Leave("", instance: "host-2").ShouldBe(ErrorCode.UnknownMemberId);
        story.Heartbeat(leader).ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void A_duplicate_that_joins_while_the_first_waits_fences_it()
    {
        var story = new GroupStory();
        story.StableWithOne();
        var first = story.Join(instance: "host-2");

        var second = story.Join(instance: "host-2");

        first.Result().Error.ShouldBe(ErrorCode.FencedInstanceId);
        second.ShouldWait();
    }
}
