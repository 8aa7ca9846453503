using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>How members come, go, give up and get partitions.</summary>
public sealed class HeartbeatTests
{
    private readonly ConsumerStory _story = new();

    public HeartbeatTests() => _story.Topics.Put("orders", 4);

    [Fact]
    public void The_first_member_gets_everything_at_once()
    {
        var joined = _story.Join("a");

        joined.Error.ShouldBe(ErrorCode.None);
        (joined.MemberId, joined.MemberEpoch, joined.HeartbeatIntervalMs).ShouldBe(("a", 1, 5_000));
        _story.Text(joined.Assignment!).ShouldBe("orders:0,1,2,3");
        _story.Group.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void A_client_of_the_first_version_is_given_its_member_id() => _story.Join("").MemberId.ShouldBe("00000001-0000-0000-0000-000000000000");

    [Fact]
    public void A_heartbeat_that_brings_nothing_new_is_answered_without_an_assignment()
    {
        _story.Join("a");

        _story.Beat("a", epoch: 1).Assignment.ShouldBeNull();
        _story.Beat("a", epoch: 1, topics: "orders", owned: "orders:0,1,2,3", rebalanceMs: 60_000).Assignment.ShouldNotBeNull();
    }

    [Fact]
    public void Partitions_move_only_when_their_owner_has_given_them_up()
    {
        _story.Join("a");

        var second = _story.Join("b");
        (second.MemberEpoch, second.Assignment!.Count).ShouldBe((2, 0));
        var told = _story.Beat("a", epoch: 1);
        (told.MemberEpoch, _story.Text(told.Assignment!)).ShouldBe((1, "orders:0,1"));
        _story.Beat("b", epoch: 2).Assignment.ShouldBeNull("a has not given up anything yet");
        _story.Beat("a", epoch: 1, owned: "orders:0,1,2,3").MemberEpoch.ShouldBe(1);
        _story.Group.State.ShouldBe(GroupState.Reconciling);

        _story.Beat("a", epoch: 1, owned: "orders:0,1").MemberEpoch.ShouldBe(2);
        _story.Text(_story.Beat("b", epoch: 2).Assignment!).ShouldBe("orders:2,3");
        _story.Group.State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public void What_a_member_left_goes_to_the_others()
    {
        ShareBetweenTwo();

        var left = _story.Beat("b", ConsumerHeartbeatRequest.LeaveEpoch);

        (left.Error, left.MemberId, left.MemberEpoch).ShouldBe((ErrorCode.None, "b", -1));
        _story.Group.State.ShouldBe(GroupState.Assigning);
        var told = _story.Beat("a", epoch: 2);
        (told.MemberEpoch, _story.Text(told.Assignment!)).ShouldBe((3, "orders:0,1,2,3"));
    }

    [Fact]
    public void The_last_one_leaves_an_empty_group()
    {
        _story.Join("a");

        _story.Beat("a", ConsumerHeartbeatRequest.LeaveEpoch);

        _story.Group.State.ShouldBe(GroupState.Empty);
        _story.Group.Deadline.ShouldBeNull();
    }

    [Fact]
    public void A_silent_member_is_out_when_its_session_is_over()
    {
        ShareBetweenTwo();
        _story.Pass(TimeSpan.FromSeconds(30)).ShouldBeEmpty();
        _story.Beat("a", epoch: 2);

        _story.Pass(TimeSpan.FromSeconds(15)).Select(silent => silent.Id).ShouldBe(["b"]);

        _story.Beat("b", epoch: 2).Error.ShouldBe(ErrorCode.UnknownMemberId);
        _story.Text(_story.Beat("a", epoch: 2).Assignment!).ShouldBe("orders:0,1,2,3");
    }

    [Fact]
    public void A_member_that_does_not_give_up_partitions_in_time_is_out()
    {
        _story.Join("a", rebalanceMs: 10_000);
        _story.Join("b");
        _story.Beat("a", epoch: 1);

        _story.Pass(TimeSpan.FromSeconds(9)).ShouldBeEmpty();
        _story.Beat("a", epoch: 1).Error.ShouldBe(ErrorCode.None, "heartbeats do not give it more time");
        _story.Pass(TimeSpan.FromSeconds(1)).Select(silent => silent.Id).ShouldBe(["a"]);

        _story.Text(_story.Beat("b", epoch: 2).Assignment!).ShouldBe("orders:0,1,2,3");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Another_epoch_than_the_members_own_is_fenced(int epoch)
    {
        ShareBetweenTwo();

        _story.Beat("a", epoch).Error.ShouldBe(ErrorCode.FencedMemberEpoch);
    }

    [Fact]
    public void The_epoch_before_is_good_from_a_member_that_lost_the_answer()
    {
        ShareBetweenTwo();

        var answer = _story.Beat("a", epoch: 1, topics: "orders", owned: "orders:0", rebalanceMs: 60_000);

        (answer.Error, answer.MemberEpoch, _story.Text(answer.Assignment!)).ShouldBe((ErrorCode.None, 2, "orders:0,1"));
        _story.Beat("a", epoch: 1, owned: "orders:2").Error.ShouldBe(ErrorCode.FencedMemberEpoch);
    }

    [Fact]
    public void A_member_that_was_fenced_joins_again_under_its_id()
    {
        ShareBetweenTwo();

        var again = _story.Join("a");

        (again.Error, again.MemberEpoch, _story.Text(again.Assignment!)).ShouldBe((ErrorCode.None, 2, "orders:0,1"));
    }

    [Fact]
    public void Who_is_not_known_is_told_so()
    {
        _story.Join("a");

        _story.Beat("stranger", epoch: 1).Error.ShouldBe(ErrorCode.UnknownMemberId);
        _story.Beat("stranger", ConsumerHeartbeatRequest.LeaveEpoch).Error.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_full_group_takes_nobody_in()
    {
        var story = new ConsumerStory(new GroupOptions { ConsumerMembersMax = 1 });
        story.Join("a");

        story.Join("b").Error.ShouldBe(ErrorCode.GroupMaxSizeReached);
        story.Beat("a", epoch: 1).Error.ShouldBe(ErrorCode.None);
    }

    [Theory]
    [InlineData(2_000, 100_000)]
    [InlineData(100_000, 4_000)]
    public void Members_that_want_too_much_kept_are_refused(int memberBytesMax, int membersBytesMax)
    {
        var story = new ConsumerStory(new GroupOptions { MemberBytesMax = memberBytesMax, MembersBytesMax = membersBytesMax });
        var topics = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"topic-{i:000}"));     // 1.8 kB
        story.Join("a", topics).Error.ShouldBe(ErrorCode.None);

        story.Beat("a", epoch: 1, topics: $"{topics} {topics.Replace("topic", "other", StringComparison.Ordinal)} more-than-{new string('s', 300)}").Error.ShouldBe(ErrorCode.PolicyViolation);
        story.Beat("a", epoch: 1, pattern: new string('a', 1_200)).Error.ShouldBe(ErrorCode.PolicyViolation);
        story.Beat("a", epoch: 1).Error.ShouldBe(ErrorCode.None);
        story.Join("b", topics).Error.ShouldBe(ErrorCode.None);
        story.Join("c", $"{topics} more").Error.ShouldBe(memberBytesMax < membersBytesMax ? ErrorCode.None : ErrorCode.PolicyViolation);
    }

    [Fact]
    public void Members_are_heard_of_as_often_as_the_group_has_it_at_the_time()
    {
        _story.Join("a").HeartbeatIntervalMs.ShouldBe(5_000);
        _story.Timing = new ConsumerTiming(SessionTimeoutMs: 10_000, HeartbeatIntervalMs: 2_000);

        _story.Pass(TimeSpan.FromSeconds(44)).ShouldBeEmpty("its session began under the settings before");
        _story.Beat("a", epoch: 1).HeartbeatIntervalMs.ShouldBe(2_000);
        _story.Pass(TimeSpan.FromSeconds(9)).ShouldBeEmpty();
        _story.Pass(TimeSpan.FromSeconds(1)).ShouldBe([new SilentMember("a", TimeSpan.FromSeconds(10))]);
    }

    [Fact]
    public void A_topic_that_appears_later_is_assigned()
    {
        _story.Join("a", topics: "refunds");
        _story.Has("a").ShouldBe("");

        _story.Topics.Put("refunds", 2);

        var told = _story.Beat("a", epoch: 1);
        (told.MemberEpoch, _story.Text(told.Assignment!)).ShouldBe((2, "refunds:0,1"));
    }

    [Fact]
    public void New_partitions_are_assigned()
    {
        _story.Join("a");

        _story.Topics.Put("orders", 6);

        _story.Text(_story.Beat("a", epoch: 1).Assignment!).ShouldBe("orders:0,1,2,3,4,5");
    }

    [Fact]
    public void A_deleted_topic_is_taken_away_and_another_of_its_name_given()
    {
        _story.Join("a");

        _story.Topics.Delete("orders");
        _story.Beat("a", epoch: 1).Assignment!.IsEmpty.ShouldBeTrue();
        _story.Topics.Put("orders", 1);
        _story.Beat("a", epoch: 1, owned: "").Error.ShouldBe(ErrorCode.None);

        _story.Settle("a");
        _story.Has("a").ShouldBe("orders:0");
    }

    [Fact]
    public void A_topic_that_nobody_wants_changes_nothing()
    {
        _story.Join("a");

        _story.Topics.Put("refunds", 1);

        _story.Beat("a", epoch: 1).MemberEpoch.ShouldBe(1);
        _story.Group.Generation.ShouldBe(1);
    }

    [Fact]
    public void Another_subscription_is_followed()
    {
        _story.Topics.Put("refunds", 1);
        _story.Join("a");

        var told = _story.Beat("a", epoch: 1, topics: "refunds");
        (told.MemberEpoch, told.Assignment!.Count).ShouldBe((1, 0));
        var given = _story.Beat("a", epoch: 1, owned: "");

        (given.MemberEpoch, _story.Text(given.Assignment!)).ShouldBe((2, "refunds:0"));
    }

    [Fact]
    public void Topics_are_matched_by_a_pattern_also_when_they_appear_later()
    {
        _story.Topics.Put("orders.eu", 1);
        _story.Topics.Put("reorders", 1);

        var joined = _story.Join("a", topics: "", pattern: "orders.*");
        _story.Text(joined.Assignment!).ShouldBe("orders.eu:0 orders:0,1,2,3");
        _story.Topics.Put("orders.us", 1);

        _story.Settle("a");
        _story.Has("a").ShouldBe("orders.eu:0 orders.us:0 orders:0,1,2,3");
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)|(b")]
    [InlineData("(?=a)")]
    [InlineData("(a)\\1")]
    [InlineData("((a{100}){100}){100}")]
    public void What_is_no_pattern_is_refused(string pattern)
    {
        _story.Join("a", topics: "", pattern: pattern).Error.ShouldBe(ErrorCode.InvalidRegularExpression);
        _story.Group.State.ShouldBe(GroupState.Empty);
    }

    [Fact]
    public void An_assignor_is_chosen_by_most_members()
    {
        _story.Topics.Put("refunds", 3);
        _story.Join("a", topics: "orders refunds", assignor: "range");
        _story.Group.Assignor.ShouldBe("range");
        _story.Join("b", topics: "orders refunds", assignor: "range");
        _story.Join("c", topics: "orders refunds", assignor: "uniform");

        _story.SettleAll();

        _story.Has("a").ShouldBe("orders:0,1 refunds:0");
        _story.Has("b").ShouldBe("orders:2 refunds:1");
        _story.Has("c").ShouldBe("orders:3 refunds:2");
    }

    [Fact]
    public void What_the_journal_does_not_take_has_not_happened()
    {
        _story.Join("a");
        _story.IsDiskFull = true;

        _story.Join("b").Error.ShouldBe(ErrorCode.CoordinatorNotAvailable);
        _story.Beat("a", epoch: 1).Error.ShouldBe(ErrorCode.None, "nothing has to be written for it");
        _story.Pass(TimeSpan.FromSeconds(45)).ShouldBeEmpty();
        _story.Group.Count.ShouldBe(1);
        _story.IsDiskFull = false;

        _story.Pass(TimeSpan.FromSeconds(1)).Select(silent => silent.Id).ShouldBe(["a"]);
    }

    [Fact]
    public void A_restart_forgets_nothing()
    {
        ShareBetweenTwo();
        _story.Join("c");
        _story.Beat("a", epoch: 2);
        var before = _story.Group.Remembered;

        _story.Restart();

        ConsumerGroupChanges.Between("orders", before, _story.Group.Remembered).ShouldBeEmpty();
        _story.Beat("b", epoch: 2).Error.ShouldBe(ErrorCode.None);
        _story.SettleAll();
        _story.Group.Generation.ShouldBe(3);
    }

    [Fact]
    public void Restored_members_have_one_session_to_be_heard_of()
    {
        _story.Join("a");
        _story.Pass(TimeSpan.FromSeconds(44));
        _story.Restart();

        _story.Pass(TimeSpan.FromSeconds(44)).ShouldBeEmpty();
        _story.Pass(TimeSpan.FromSeconds(1)).Select(silent => silent.Id).ShouldBe(["a"]);
    }

    private void ShareBetweenTwo()
    {
        _story.Join("a");
        _story.Join("b");
        _story.SettleAll();
        (_story.Has("a"), _story.Has("b")).ShouldBe(("orders:0,1", "orders:2,3"));
    }
}
