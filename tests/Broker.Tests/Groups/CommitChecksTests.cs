using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class CommitChecksTests
{
    [Fact]
    public void Anybody_commits_to_an_empty_group() => Check(new GroupStory(), "", generation: -1).ShouldBe(ErrorCode.None);

    [Fact]
    public void Outsiders_do_not_commit_to_a_group_with_members()
    {
        var story = new GroupStory();
        story.StableWithOne();

        Check(story, "", generation: -1).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_member_commits_in_its_generation_only()
    {
        var story = new GroupStory();
        var joined = story.StableWithOne();

        Check(story, joined.MemberId, joined.Generation).ShouldBe(ErrorCode.None);
        Check(story, joined.MemberId, joined.Generation - 1).ShouldBe(ErrorCode.IllegalGeneration);
        Check(story, "client-from-before", joined.Generation).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void Commits_are_taken_while_the_members_join_again_and_not_while_they_wait_for_assignments()
    {
        var story = new GroupStory();
        var first = story.StableWithOne();
        story.Join().ShouldWait();
        Check(story, first.MemberId, first.Generation).ShouldBe(ErrorCode.None);

        var again = story.Join(first.MemberId).Result();

        Check(story, again.MemberId, again.Generation).ShouldBe(ErrorCode.RebalanceInProgress);
    }

    [Fact]
    public void A_transactional_commit_is_fenced_by_generation_and_member()
    {
        var story = new GroupStory();
        var joined = story.StableWithOne();

        Check(story, joined.MemberId, joined.Generation, isTransactional: true).ShouldBe(ErrorCode.None);
        Check(story, joined.MemberId, joined.Generation - 1, isTransactional: true).ShouldBe(ErrorCode.IllegalGeneration);
        Check(story, "client-from-before", joined.Generation, isTransactional: true).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_producer_that_does_not_name_a_member_commits_in_its_transaction()
    {
        var story = new GroupStory();
        story.StableWithOne();

        Check(story, "", generation: -1, isTransactional: true).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_restored_group_knows_its_members_and_its_leader()
    {
        var before = new GroupStory();
        var (leader, follower) = before.StableWithTwo();

        var story = new GroupStory(restored: before.Saved[^1]);

        story.Group.State.ShouldBe(GroupState.Stable);
        story.Group.Leader.ShouldBe(leader.MemberId);
        story.Heartbeat(follower).ShouldBe(ErrorCode.None);
        story.Sync(follower).Result().Assignment.ShouldBeText("1");
        story.Join(follower.MemberId).Result().Generation.ShouldBe(2);
    }

    [Fact]
    public void Restored_members_that_are_not_heard_of_are_dead_after_a_session_timeout()
    {
        var before = new GroupStory();
        before.StableWithTwo();
        var story = new GroupStory(restored: before.Saved[^1]);

        story.Pass(TimeSpan.FromSeconds(10));

        story.Group.State.ShouldBe(GroupState.Empty);
    }

    [Fact]
    public void A_topic_is_subscribed_while_a_member_wants_it()
    {
        var story = new GroupStory();
        story.StableWithOne();

        story.Group.IsSubscribed("orders").ShouldBeTrue();
        story.Group.IsSubscribed("refunds").ShouldBeFalse();
    }

    private static ErrorCode Check(GroupStory story, string memberId, int generation, bool isTransactional = false) =>
        story.Group.CheckCommit(memberId, instanceId: null, generation, isTransactional);
}
