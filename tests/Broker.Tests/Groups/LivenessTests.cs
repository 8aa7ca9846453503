using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class LivenessTests
{
    [Fact]
    public void A_silent_member_is_dead_after_its_session_timeout()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        story.Pass(TimeSpan.FromSeconds(9), beating: leader);
        story.Heartbeat(leader).ShouldBe(ErrorCode.None);
        story.Pass(TimeSpan.FromSeconds(1), beating: leader);

        story.Heartbeat(leader).ShouldBe(ErrorCode.RebalanceInProgress);
        story.Heartbeat(follower).ShouldBe(ErrorCode.UnknownMemberId);
        story.Join(leader.MemberId).Result().Members.Count.ShouldBe(1);
    }

    [Fact]
    public void When_the_leader_dies_the_next_member_leads()
    {
        var story = new GroupStory();
        var (_, follower) = story.StableWithTwo();

        story.Pass(TimeSpan.FromSeconds(10), beating: follower);

        story.Join(follower.MemberId).Result().Leader.ShouldBe(follower.MemberId);
    }

    [Fact]
    public void A_member_that_waits_for_the_others_does_not_die_of_waiting()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();
        story.Join().ShouldWait();
        var waiting = story.Join(follower.MemberId);

        story.Pass(TimeSpan.FromSeconds(30), beating: leader);
        waiting.ShouldWait();
        story.Join(leader.MemberId).Result();

        waiting.Result().Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_new_member_may_wait_five_minutes()
    {
        var story = new GroupStory();
        var first = story.StableWithOne(rebalanceMs: 600_000);
        var newcomer = story.Join();

        story.Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1), beating: first);
        newcomer.ShouldWait();
        story.Pass(TimeSpan.FromSeconds(1), beating: first);

        newcomer.Result().Error.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_commit_is_a_sign_of_life()
    {
        var story = new GroupStory();
        var joined = story.StableWithOne();

        for (var i = 0; i < 4; i++)
        {
            story.Pass(TimeSpan.FromSeconds(5));
            story.Group.CheckCommit(joined.MemberId, instanceId: null, joined.Generation, isTransactional: false).ShouldBe(ErrorCode.None);
        }
    }

    [Fact]
    public void The_last_member_gone_leaves_an_empty_group_with_its_next_generation()
    {
        var story = new GroupStory();
        var joined = story.StableWithOne();

        story.Leave(joined.MemberId).ShouldBe(ErrorCode.None);

        story.Group.State.ShouldBe(GroupState.Empty);
        story.Group.Generation.ShouldBe(2);
        story.Saved[^1].Members.ShouldBeEmpty();
        story.Group.Deadline.ShouldBeNull();
    }

    [Fact]
    public void A_heartbeat_of_another_generation_is_refused()
    {
        var story = new GroupStory();
        var joined = story.StableWithOne();

        story.Heartbeat(joined with { Generation = 0 }).ShouldBe(ErrorCode.IllegalGeneration);
        story.Heartbeat(joined with { MemberId = "client-from-before" }).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void The_deadline_is_the_next_thing_that_time_does()
    {
        var story = new GroupStory();
        story.StableWithOne();

        story.Group.Deadline.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Leaving_with_an_id_given_out_and_not_used_ends_the_waiting_for_it()
    {
        var story = new GroupStory();
        var first = story.StableWithOne();
        var told = story.Join(knowsMemberIdRequired: true).Result();
        var again = story.Join(first.MemberId);
        again.ShouldWait();

        story.Leave(told.MemberId).ShouldBe(ErrorCode.None);

        again.Result().Generation.ShouldBe(2);
    }

    [Fact]
    public void Several_members_can_leave_in_one_request()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        var left = story.Group.Leave(new LeaveGroupRequest("orders", [new(leader.MemberId, null, null), new("nobody", null, null), new(follower.MemberId, null, null)]));

        left.Members.Select(member => member.Error).ShouldBe([ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.None]);
        story.Group.State.ShouldBe(GroupState.Empty);
    }
}
