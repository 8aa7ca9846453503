using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class SyncingTests
{
    [Fact]
    public void A_follower_waits_for_the_leaders_assignment() => new GroupStory().StableWithTwo().Follower.Generation.ShouldBe(2);

    [Fact]
    public void A_follower_that_comes_late_finds_its_assignment()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        story.Sync(follower).Result().Assignment.ShouldBeText("1");
        story.Sync(leader).Result().Assignment.ShouldBeText("0");
    }

    [Fact]
    public void A_member_that_the_leader_forgot_has_an_empty_assignment()
    {
        var story = new GroupStory();
        var joined = story.Join().Result();

        story.Sync(joined).Result().Assignment.Length.ShouldBe(0);
    }

    [Fact]
    public void A_wrong_generation_member_or_protocol_is_refused()
    {
        var story = new GroupStory();
        var joined = story.StableWithOne();

        story.Sync(joined.MemberId, joined.Generation - 1).Result().Error.ShouldBe(ErrorCode.IllegalGeneration);
        story.Sync("client-from-before", joined.Generation).Result().Error.ShouldBe(ErrorCode.UnknownMemberId);
        story.Group.Sync(new SyncGroupRequest("orders", joined.Generation, joined.MemberId, null, "consumer", "sticky", [])).Result()
            .Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
    }

    [Fact]
    public void A_new_member_sends_everybody_who_syncs_back_to_join()
    {
        var story = new GroupStory();
        var first = story.StableWithOne();
        var joining = story.Join();
        story.Join(first.MemberId).Result();
        var follower = joining.Result();
        var waiting = story.Sync(follower);

        var third = story.Join();

        waiting.Result().Error.ShouldBe(ErrorCode.RebalanceInProgress);
        third.ShouldWait();
    }

    [Fact]
    public void A_leader_that_never_assigns_is_out_after_the_rebalance_timeout()
    {
        var story = new GroupStory();
        var first = story.StableWithOne();
        var joining = story.Join();
        var leader = story.Join(first.MemberId).Result();
        var follower = joining.Result();
        var waiting = story.Sync(follower);

        story.Pass(TimeSpan.FromSeconds(61), beating: leader);

        waiting.Result().Error.ShouldBe(ErrorCode.RebalanceInProgress);
        story.Heartbeat(leader).ShouldBe(ErrorCode.UnknownMemberId);
        story.Join(follower.MemberId).Result().Leader.ShouldBe(follower.MemberId);
    }

    [Fact]
    public void An_assignment_that_can_not_be_saved_is_not_handed_out()
    {
        var story = new GroupStory();
        var joined = story.Join().Result();
        story.IsDiskFull = true;

        story.Sync(joined, (joined.MemberId, "all")).Result().Error.ShouldBe(ErrorCode.CoordinatorNotAvailable);
        story.IsDiskFull = false;

        var again = story.Join(joined.MemberId).Result();
        story.Sync(again, (again.MemberId, "all")).Result().Assignment.ShouldBeText("all");
    }

    [Fact]
    public void The_assignment_is_saved_before_it_is_handed_out()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        var saved = story.Saved[^1];
        saved.Generation.ShouldBe(2);
        saved.Leader.ShouldBe(leader.MemberId);
        saved.Protocol.ShouldBe("range");
        saved.Members.Select(member => member.Id).ShouldBe([leader.MemberId, follower.MemberId]);
        saved.Members[1].Assignment.ShouldBeText("1");
    }

    [Theory]
    [InlineData(1_500, 10_000)]
    [InlineData(10_000, 2_500)]
    public void A_leader_that_wants_too_much_kept_is_refused(int memberBytesMax, int membersBytesMax)
    {
        var story = new GroupStory(new GroupOptions { MemberBytesMax = memberBytesMax, MembersBytesMax = membersBytesMax });
        var first = story.Join().Result();
        var second = story.Join();
        var leader = story.Join(first.MemberId).Result();
        var assignment = new string('0', 1_300);

        story.Sync(leader, (leader.MemberId, assignment), (second.Result().MemberId, assignment + (memberBytesMax < assignment.Length * 2 ? assignment : ""))).Result().Error.ShouldBe(ErrorCode.PolicyViolation);

        story.Group.State.ShouldBe(GroupState.CompletingRebalance);
        story.Sync(leader, (leader.MemberId, assignment), (second.Result().MemberId, "")).Result().Error.ShouldBe(ErrorCode.None);
    }
}
