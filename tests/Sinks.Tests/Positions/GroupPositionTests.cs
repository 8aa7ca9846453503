using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Tests.Positions;

public sealed class GroupPositionTests
{
    [Fact]
    public void Nothing_is_committed_that_the_destination_has_not_recorded()
    {
        var group = Opened(null, default);
        group.Plan(50).ShouldBe(new GroupOffsets(null, 50));
        group.Due.ShouldBeNull();
        group.Wrote(50, new GroupOffsets(null, 50));
        group.Due.ShouldBe(50);
    }

    [Fact]
    public void A_position_where_nothing_was_written_is_not_committed()
    {
        var group = Opened(null, default);
        group.Due.ShouldBeNull();
        group.Unrecorded.ShouldBeNull();
    }

    [Fact]
    public void While_a_commit_is_unanswered_the_intention_stands_and_is_replaced_afterwards()
    {
        var group = Opened(40, new GroupOffsets(40, 40));
        group.Wrote(50, group.Plan(50));
        group.Attempting();
        group.Plan(60).ShouldBe(new GroupOffsets(40, 50));
        group.Wrote(60, group.Plan(60));
        group.Unrecorded.ShouldBeNull();
        group.Committed(50);
        group.Unrecorded.ShouldBe(new GroupOffsets(50, 60));
    }

    [Fact]
    public void A_confirmed_commit_is_told_to_the_destination_once()
    {
        var group = Opened(null, default);
        group.Wrote(50, group.Plan(50));
        group.Unrecorded.ShouldBeNull();
        group.Attempting();
        group.Committed(50);
        group.Unrecorded.ShouldBe(new GroupOffsets(50, 50));
        group.Recorded(new GroupOffsets(50, 50));
        group.Unrecorded.ShouldBeNull();
    }

    [Fact]
    public void A_commit_that_a_crash_prevented_is_made_by_the_next_owner() => Opened(80, new GroupOffsets(80, 100), next: 100).Due.ShouldBe(100);

    /// <summary>Batches, commits that get through, get lost or lose their answer, crashes: the group never holds an offset that the destination can't explain.</summary>
    [Fact]
    public void After_any_crash_the_destination_explains_the_group_s_offset()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        long? held = null;                       // The group's offset, in the cluster.
        var recorded = default(GroupOffsets);    // In the destination.
        long next = 0;
        var group = Opened(held, recorded);
        for (var step = 0; step < 20_000; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    next += random.Next(1, 10);
                    recorded = group.Plan(next);
                    group.Wrote(next, recorded);
                    break;
                case 2 or 3 when group.Due is { } offset:
                    group.Attempting();
                    var (arrives, isAnswered) = (random.Next(3) > 0, random.Next(3) > 0);
                    if (arrives)
                        held = offset;
                    if (arrives && isAnswered)
                        group.Committed(offset);
                    break;
                case 4 when group.Unrecorded is { } offsets:
                    recorded = offsets;
                    group.Recorded(recorded);
                    break;
                case 5 when random.Next(10) == 0:
                    group = Opened(held, recorded, next);
                    break;
            }

            recorded.Explain(held).ShouldBeTrue($"seed {seed}, step {step}: the group holds {held}, the destination knows {recorded}");
        }
    }

    private static GroupPosition Opened(long? committed, GroupOffsets recorded, long next = 0) =>
        new(committed, new Checkpoint("cluster-1", "topic-1", next, Epoch: 1, Fence: 1, recorded));
}
