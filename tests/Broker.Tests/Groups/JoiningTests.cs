using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class JoiningTests
{
    [Fact]
    public void A_group_of_one_is_assigned_without_waiting()
    {
        var story = new GroupStory();

        var joined = story.Join().Result();

        joined.Error.ShouldBe(ErrorCode.None);
        joined.Generation.ShouldBe(1);
        joined.Leader.ShouldBe(joined.MemberId);
        joined.ProtocolName.ShouldBe("range");
        joined.Members.Single().MemberId.ShouldBe(joined.MemberId);
        story.Group.State.ShouldBe(GroupState.CompletingRebalance);
        story.Sync(joined, (joined.MemberId, "all")).Result().Assignment.ShouldBeText("all");
        story.Group.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void A_client_that_knows_how_gets_its_member_id_first()
    {
        var story = new GroupStory();

        var told = story.Join(knowsMemberIdRequired: true).Result();
        told.Error.ShouldBe(ErrorCode.MemberIdRequired);
        told.MemberId.ShouldStartWith("client-");

        story.Join(told.MemberId, knowsMemberIdRequired: true).Result().MemberId.ShouldBe(told.MemberId);
    }

    [Fact]
    public void However_long_a_members_name_its_id_can_be_written()
    {
        var story = new GroupStory();
        var joined = story.Join(instance: new string('\u20ac', 10_922)).Result();
        System.Text.Encoding.UTF8.GetByteCount(joined.MemberId).ShouldBeLessThan(short.MaxValue);
        story.Sync(joined, (joined.MemberId, "all")).Result().Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void An_id_given_out_is_forgotten_after_the_session_timeout()
    {
        var story = new GroupStory();
        var told = story.Join(knowsMemberIdRequired: true).Result();

        story.Pass(TimeSpan.FromSeconds(11));

        story.Join(told.MemberId, knowsMemberIdRequired: true).Result().Error.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void The_first_assignment_waits_for_more_members_when_asked_to()
    {
        var story = new GroupStory(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var first = story.Join();
        story.Pass(TimeSpan.FromSeconds(2));
        var second = story.Join();

        story.Pass(TimeSpan.FromSeconds(3));
        first.ShouldWait();
        story.Pass(TimeSpan.FromSeconds(3));

        first.Result().Generation.ShouldBe(1);
        second.Result().Generation.ShouldBe(1);
        first.Result().Members.Count.ShouldBe(2);
        second.Result().Members.ShouldBeEmpty();
    }

    [Fact]
    public void A_second_member_waits_for_the_first_to_join_again()
    {
        var story = new GroupStory();
        var first = story.StableWithOne();

        var second = story.Join();
        second.ShouldWait();
        story.Heartbeat(first).ShouldBe(ErrorCode.RebalanceInProgress);
        var again = story.Join(first.MemberId).Result();

        again.Generation.ShouldBe(2);
        again.Leader.ShouldBe(first.MemberId);
        again.Members.Count.ShouldBe(2);
        second.Result().Leader.ShouldBe(first.MemberId);
    }

    [Fact]
    public void Who_does_not_join_again_within_the_rebalance_timeout_is_out()
    {
        var story = new GroupStory();
        var first = story.StableWithOne(rebalanceMs: 20_000);
        var second = story.Join(rebalanceMs: 20_000);

        story.Pass(TimeSpan.FromSeconds(19), beating: first);
        second.ShouldWait();
        story.Pass(TimeSpan.FromSeconds(1), beating: first);

        second.Result().Leader.ShouldBe(second.Result().MemberId);
        story.Heartbeat(first).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_lost_answer_is_given_again_while_the_group_waits_for_its_leader()
    {
        var story = new GroupStory();
        var joined = story.Join().Result();

        story.Join(joined.MemberId).Result().ShouldBeEquivalentTo(joined);
    }

    [Fact]
    public void A_follower_who_joins_again_unchanged_moves_nothing()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        story.Join(follower.MemberId).Result().Generation.ShouldBe(leader.Generation);
        story.Group.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void A_follower_with_a_new_subscription_starts_a_rebalance()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        var changed = story.Join(follower.MemberId, metadata: GroupStory.Subscription("refunds"));

        changed.ShouldWait();
        story.Heartbeat(leader).ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void A_leader_who_joins_again_starts_a_rebalance()
    {
        var story = new GroupStory();
        var (leader, follower) = story.StableWithTwo();

        story.Join(leader.MemberId).ShouldWait();
        story.Heartbeat(follower).ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void The_protocol_is_one_that_all_support_by_majority_of_preferences()
    {
        var story = new GroupStory(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var first = story.Join(protocols: ["sticky", "range"]);
        var others = new[] { story.Join(protocols: ["range", "sticky"]), story.Join(protocols: ["roundrobin", "range", "sticky"]) };

        story.Pass(TimeSpan.FromSeconds(6));

        first.Result().ProtocolName.ShouldBe("range");
        others.ShouldAllBe(other => other.Result().ProtocolName == "range");
    }

    [Fact]
    public void Who_shares_no_protocol_with_the_members_is_refused()
    {
        var story = new GroupStory();
        story.StableWithOne();

        story.Join(protocols: ["sticky"]).Result().Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        story.Join(protocolType: "connect").Result().Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        story.Join(protocols: []).Result().Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
    }

    [Fact]
    public void The_only_member_may_change_its_protocol()
    {
        var story = new GroupStory();
        var alone = story.StableWithOne();

        story.Join(alone.MemberId, protocols: ["sticky"]).Result().ProtocolName.ShouldBe("sticky");
    }

    [Theory]
    [InlineData(5_999)]
    [InlineData(1_800_001)]
    public void A_session_timeout_out_of_bounds_is_refused(int sessionMs) =>
        new GroupStory().Join(sessionMs: sessionMs).Result().Error.ShouldBe(ErrorCode.InvalidSessionTimeout);

    [Fact]
    public void A_full_group_takes_nobody_but_its_members()
    {
        var story = new GroupStory(new GroupOptions { MembersMax = 1 });
        var only = story.StableWithOne();

        story.Join().Result().Error.ShouldBe(ErrorCode.GroupMaxSizeReached);
        story.Join(only.MemberId).Result().Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_member_that_wants_too_much_kept_is_refused()
    {
        var story = new GroupStory(new GroupOptions { MemberBytesMax = 2_000 });
        story.Join(metadata: new byte[2_000]).Result().Error.ShouldBe(ErrorCode.PolicyViolation);
        story.Join(instance: new string('i', 1_000)).Result().Error.ShouldBe(ErrorCode.PolicyViolation);

        var only = story.Join(metadata: GroupStory.Bytes(new string('m', 1_800))).Result();
        only.Error.ShouldBe(ErrorCode.None);
        story.Join(only.MemberId, metadata: new byte[2_000]).Result().Error.ShouldBe(ErrorCode.PolicyViolation);
        story.Heartbeat(only).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Members_together_want_so_much_kept_and_no_more()
    {
        var story = new GroupStory(new GroupOptions { MembersBytesMax = 5_000 });
        var metadata = new byte[2_000];
        var first = story.Join(metadata: metadata).Result();
        var second = story.Join(metadata: metadata);
        story.Join(metadata: metadata).Result().Error.ShouldBe(ErrorCode.PolicyViolation);

        story.Join(first.MemberId, metadata: metadata).Result().Error.ShouldBe(ErrorCode.None);
        second.Result().Error.ShouldBe(ErrorCode.None);
        story.Leave(first.MemberId).ShouldBe(ErrorCode.None);
        story.Join(metadata: metadata).ShouldWait();
    }

    [Fact]
    public void Ids_that_nobody_comes_back_with_are_kept_up_to_the_same_limit_and_for_a_session()
    {
        var story = new GroupStory(new GroupOptions { MembersBytesMax = 2_000 });
        List<ErrorCode> errors = [.. Enumerable.Range(0, 50).Select(_ => story.Join(knowsMemberIdRequired: true).Result().Error)];
        errors.Distinct().ShouldBe([ErrorCode.MemberIdRequired, ErrorCode.PolicyViolation]);

        story.Pass(TimeSpan.FromSeconds(11));

        story.Join(knowsMemberIdRequired: true).Result().Error.ShouldBe(ErrorCode.MemberIdRequired);
    }

    [Fact]
    public void An_unknown_member_is_told_so() => new GroupStory().Join("client-from-before").Result().Error.ShouldBe(ErrorCode.UnknownMemberId);
}
