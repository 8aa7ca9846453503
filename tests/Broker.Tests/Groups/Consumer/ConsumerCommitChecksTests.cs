using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>In whose name offsets are committed.</summary>
public sealed class ConsumerCommitChecksTests
{
    private readonly ConsumerStory _story = new();

    [Theory]
    [InlineData("a", 1, false, nameof(ErrorCode.None))]
    [InlineData("a", 0, false, nameof(ErrorCode.StaleMemberEpoch))]
    [InlineData("a", 2, false, nameof(ErrorCode.StaleMemberEpoch))]
    [InlineData("b", 1, false, nameof(ErrorCode.UnknownMemberId))]
    [InlineData("", -1, false, nameof(ErrorCode.UnknownMemberId))]
    [InlineData("a", 1, true, nameof(ErrorCode.None))]
    [InlineData("a", 2, true, nameof(ErrorCode.IllegalGeneration))]
    [InlineData("", -1, true, nameof(ErrorCode.None))]
    public void A_group_with_members_listens_to_them(string memberId, int epoch, bool isTransactional, string expected)
    {
        _story.Join("a");

        $"{Check(memberId, epoch, isTransactional)}".ShouldBe(expected);
    }

    [Fact]
    public void Anybody_commits_to_an_empty_group() => Check("", -1).ShouldBe(ErrorCode.None);

    [Fact]
    public void A_topic_of_a_member_is_consumed_whether_or_not_it_exists()
    {
        _story.Topics.Put("orders.eu", 1);
        _story.Join("a", topics: "orders", pattern: "orders.e.");

        _story.Group.IsSubscribed("orders").ShouldBeTrue();
        _story.Group.IsSubscribed("orders.eu").ShouldBeTrue();
        _story.Group.IsSubscribed("refunds").ShouldBeFalse();
    }

    private ErrorCode Check(string memberId, int epoch, bool isTransactional = false) => ((IMembership)_story.Group).CheckCommit(memberId, instanceId: null, epoch, isTransactional);
}
