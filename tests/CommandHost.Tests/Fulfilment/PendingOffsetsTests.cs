using Confluent.Kafka;
using Streaming.CommandHost.Fulfilment;

namespace Streaming.CommandHost.Tests.Fulfilment;

/// <summary>A position is never committed past a record that is still in work.</summary>
public sealed class PendingOffsetsTests
{
    private static readonly TopicPartition One = new("events", 0);
    private static readonly TopicPartition Other = new("events", 1);

    private readonly PendingOffsets _pending = new();

    [Fact]
    public void What_needs_no_work_moves_the_position_behind_it()
    {
        See(One, 5, isPending: false);
        Moved().ShouldBe([(One, 6)]);
    }

    [Fact]
    public void A_record_in_work_holds_the_position_until_it_is_done()
    {
        See(One, 5, isPending: true);
        See(One, 6, isPending: false);
        Moved().ShouldBe([(One, 5)]);
        Done(One, 5);
        Moved().ShouldBe([(One, 7)]);
    }

    [Fact]
    public void In_whatever_order_they_are_done_the_oldest_one_counts()
    {
        foreach (var offset in new[] { 1, 4, 9 })
            See(One, offset, isPending: true);
        Done(One, 9);
        Done(One, 1);
        Moved().ShouldBe([(One, 4)]);
        Done(One, 4);
        Moved().ShouldBe([(One, 10)]);
    }

    [Fact]
    public void Only_what_has_moved_is_told()
    {
        Moved().ShouldBeEmpty();
        See(One, 5, isPending: true);
        See(Other, 2, isPending: false);
        Moved().ShouldBe([(One, 5), (Other, 3)], ignoreOrder: true);
        See(One, 6, isPending: true);
        Moved().ShouldBeEmpty();
    }

    [Fact]
    public void Records_in_work_are_counted_over_all_partitions()
    {
        See(One, 5, isPending: true);
        See(One, 6, isPending: false);
        See(Other, 2, isPending: true);
        _pending.Count.ShouldBe(2);
        Done(Other, 2);
        _pending.Count.ShouldBe(1);
    }

    [Fact]
    public void A_partition_that_is_given_away_is_forgotten_with_what_is_in_work_there()
    {
        See(One, 5, isPending: true);
        _pending.Forget(One);
        (_pending.Count, Moved().Count).ShouldBe((0, 0));
        Done(One, 5);
        Moved().ShouldBeEmpty();
        // It comes back at what was committed, and everything is done once more.
        See(One, 3, isPending: true);
        Moved().ShouldBe([(One, 3)]);
    }

    [Fact]
    public async Task Whoever_is_done_when_the_position_never_passes_a_record_in_work()
    {
        const int Records = 2_000;
        var seed = Environment.TickCount & 0xFFFFFF;
        var done = new bool[Records];
        var working = new List<Task>();
        var random = new Random(seed);
        for (var offset = 0; offset < Records; offset++)
        {
            See(One, offset, isPending: true);
            var mine = offset;
            working.Add(Task.Run(() =>
            {
                Volatile.Write(ref done[mine], true);
                Done(One, mine);
            }));
            if (random.Next(10) > 0)
                continue;
            foreach (var (_, position) in Moved())
                Array.TrueForAll(done[..(int)position], isDone => isDone).ShouldBeTrue($"seed {seed}: position {position}");
        }

        await Task.WhenAll(working);
        (_pending.Count, Moved()[^1]).ShouldBe((0, (One, Records)));
    }

    private void See(TopicPartition partition, long offset, bool isPending) => _pending.See(new(partition, offset), isPending);

    private void Done(TopicPartition partition, long offset) => _pending.Done(new(partition, offset));

    private List<(TopicPartition Partition, long Offset)> Moved() => [.. _pending.Moved().Select(moved => (moved.TopicPartition, moved.Offset.Value))];
}
