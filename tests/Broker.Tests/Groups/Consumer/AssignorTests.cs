using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Consumer.Assignors;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Tests.Groups.Consumer;

public sealed class AssignorTests
{
    private static readonly TopicShape Clicks = Topic(1, partitions: 3);
    private static readonly TopicShape Orders = Topic(2, partitions: 4);
    private static readonly TopicShape Visits = Topic(3, partitions: 1);

    [Fact]
    public void Uniform_shares_differ_by_one_at_most() =>
        Counts(new UniformAssignor().Assign([Member("a", Clicks, Orders), Member("b", Clicks, Orders), Member("c", Clicks, Orders)])).ShouldBe([2, 2, 3], ignoreOrder: true);

    [Fact]
    public void Uniform_moves_no_more_than_it_must()
    {
        var before = new UniformAssignor().Assign([Member("a", Orders, Clicks), Member("b", Orders, Clicks)]);

        var after = new UniformAssignor().Assign([Member("a", before["a"], Orders, Clicks), Member("b", before["b"], Orders, Clicks), Member("c", Orders, Clicks)]);

        Counts(after).Sum().ShouldBe(7);
        after["c"].Count.ShouldBe(2);
        after["a"].IsSubsetOf(before["a"]).ShouldBeTrue();
        after["b"].IsSubsetOf(before["b"]).ShouldBeTrue();
    }

    [Fact]
    public void Uniform_passes_partitions_on_over_members_between()
    {
        // a can only give to b, and b only to c.
        var a = Member("a", Set(Orders, 0, 1, 2, 3), Orders);
        var b = Member("b", Set(Clicks, 0, 1, 2), Orders, Clicks);
        var c = Member("c", Clicks);

        Counts(new UniformAssignor().Assign([a, b, c])).ShouldBe([2, 2, 3], ignoreOrder: true);
    }

    [Fact]
    public void Uniform_gives_nobody_what_it_does_not_want()
    {
        var shares = new UniformAssignor().Assign([Member("a", Orders), Member("b", Set(Orders, 0, 1), Visits)]);

        shares["a"].ShouldBe(Set(Orders, 0, 1, 2, 3));
        shares["b"].ShouldBe(Set(Visits, 0));
    }

    [Fact]
    public void Uniform_drops_what_is_gone_and_settles_what_two_claim()
    {
        var shares = new UniformAssignor().Assign([Member("a", Set(Clicks, 0, 1, 2, 7), Clicks), Member("b", Set(Clicks, 2), Clicks)]);

        PartitionSet.Of(shares.Values.SelectMany(share => share.All)).ShouldBe(Set(Clicks, 0, 1, 2));
        Counts(shares).ShouldBe([1, 2], ignoreOrder: true);
    }

    [Fact]
    public void Ranges_of_topics_with_the_same_subscribers_are_the_same()
    {
        var shares = new RangeAssignor().Assign([Member("a", Orders, Clicks), Member("b", Orders, Clicks)]);

        shares["a"].ShouldBe(Set(Orders, 0, 1).Union(Set(Clicks, 0, 1)));
        shares["b"].ShouldBe(Set(Orders, 2, 3).Union(Set(Clicks, 2)));
    }

    [Fact]
    public void Ranges_go_by_instance_ids_first()
    {
        var shares = new RangeAssignor().Assign([Member("a", Clicks), Member("z", Clicks) with { InstanceId = "host-1" }]);

        shares["z"].ShouldBe(Set(Clicks, 0, 1));
        shares["a"].ShouldBe(Set(Clicks, 2));
    }

    [Fact]
    public void Nobody_gets_nothing()
    {
        new UniformAssignor().Assign([]).ShouldBeEmpty();
        new RangeAssignor().Assign([]).ShouldBeEmpty();
        new UniformAssignor().Assign([Member("a")])["a"].ShouldBe(PartitionSet.Empty);
    }

    private static TopicShape Topic(int id, int partitions) => new($"topic-{id}", new Guid(id, 0, 0, new byte[8]), partitions);

    private static PartitionSet Set(TopicShape topic, params int[] partitions) => PartitionSet.Of([new PartitionsOfTopic(topic.Id, partitions)]);

    private static Assignee Member(string id, params TopicShape[] topics) => Member(id, PartitionSet.Empty, topics);

    private static Assignee Member(string id, PartitionSet before, params TopicShape[] topics) => new(id, InstanceId: null, topics, before);

    private static int[] Counts(IReadOnlyDictionary<string, PartitionSet> shares) => [.. shares.Values.Select(share => share.Count)];
}
