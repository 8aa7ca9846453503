using Streaming.Fixtures;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;
using Streaming.Sinks.Tests.Support;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

/// <summary>What the log still holds of erased aggregates is passed over, and what was derived of them goes; whatever else is missing stops.</summary>
public sealed class ErasedAggregatesTests
{
    private static readonly StoppedClock _clock = new();
    private readonly SomeContext _context = new() { Time = _clock };
    private readonly CollectingSink _sink;
    private readonly MemoryErasures _erasures;

    public ErasedAggregatesTests()
    {
        (_sink, _erasures) = (_context.Sink, _context.Erasures);
        _context.Options.OnPoison = PoisonPolicy.Stop;
    }

    [Fact]
    public async Task What_was_erased_before_the_partition_was_taken_over_is_removed_and_never_written()
    {
        _erasures.Add("gone");
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("gone", 1), SomeRecords.Of("gone", 2, SomeRecords.Poison), SomeRecords.Of("gone", 3, null), SomeRecords.Record(4));
        await using var worker = Start(feed);

        await HandledAsync(worker, 5);

        _sink.Offsets.ShouldBe([0, 4]);
        _sink.Erased.ShouldBe(["gone"]);
        worker.Status.Progress.Mode.ShouldBe(SinkMode.Live);
        _erasures.ReadCount.ShouldBe(1);
    }

    [Fact]
    public async Task An_erasure_is_learned_of_from_its_tombstones()
    {
        var feed = new FakeFeed(SomeRecords.Of("gone", 0), SomeRecords.Record(1), SomeRecords.Of("gone", 2, null), SomeRecords.Of("gone", 3, null), SomeRecords.Record(4));
        _erasures.BeforeRead = AddAt(count: 2, "gone");
        await using var worker = Start(feed);

        await HandledAsync(worker, 5);

        _sink.Offsets.ShouldBe([0, 1, 4]);
        _sink.Erased.ShouldBe(["gone"]);
        _erasures.ReadCount.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_sink_calls_damage_is_none_when_an_erasure_explains_it()
    {
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("gone", 1), SomeRecords.Record(2));
        _sink.BeforeWrite = batch => batch.Events.Any(recorded => recorded.Offset == 1) ? throw new PoisonEventException(1, "a gap") : Task.CompletedTask;
        _erasures.BeforeRead = AddAt(count: 2, "gone");
        await using var worker = Start(feed);

        await HandledAsync(worker, 3);

        _sink.Offsets.ShouldBe([0, 2]);
    }

    [Fact]
    public async Task What_the_erasure_of_another_does_not_explain_stops_the_partition()
    {
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("lost", 1), SomeRecords.Record(2));
        _sink.BeforeWrite = batch => batch.Events.Any(recorded => recorded.Offset == 1) ? throw new PoisonEventException(1, "a gap") : Task.CompletedTask;
        _erasures.BeforeRead = AddAt(count: 2, "gone");
        await using var worker = Start(feed);

        await StoppedAsync(worker);

        _sink.Offsets.ShouldBe([0]);
        worker.Status.Problem(TimeSpan.Zero).ShouldBe("inventory.events-3 stopped: @1: a gap");
    }

    [Fact]
    public async Task A_tombstone_that_nothing_explains_stops_the_partition()
    {
        await using var worker = Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("lost", 1, null), SomeRecords.Record(2)));

        await StoppedAsync(worker);

        _sink.Offsets.ShouldBe([0]);
        worker.Status.Problem(TimeSpan.Zero)!.ShouldContain("deletes lost@2, which nobody has erased");
    }

    [Fact]
    public async Task An_erasure_of_which_nothing_is_ever_met_is_learned_of_after_a_while()
    {
        var feed = new FakeFeed(SomeRecords.Record(0));
        await using var worker = Start(feed);
        await HandledAsync(worker, 1);
        _erasures.Add("gone");
        feed.Deliver(SomeRecords.Record(1));
        await HandledAsync(worker, 2);
        _sink.Erased.ShouldBeEmpty();

        _clock.Advance(TimeSpan.FromHours(1));
        feed.Deliver(SomeRecords.Record(2));

        await HandledAsync(worker, 3);
        _sink.Erased.ShouldBe(["gone"]);
    }

    // The erasure is on its topic only by then.
    private Action<int> AddAt(int count, string aggregateId) => read =>
    {
        if (read == count)
            _erasures.Add(aggregateId);
    };

    private PartitionWorker Start(FakeFeed feed) => _context.Start(feed);

    private static Task HandledAsync(PartitionWorker worker, long nextOffset) => Eventually.Async(
        () => worker.Status.Progress.NextOffset >= nextOffset || worker.Status.Now.State == PartitionState.Stopped, Eventually.DefaultDeadline, $"all before {nextOffset} is handled");

    private static Task StoppedAsync(PartitionWorker worker) => Eventually.Async(
        () => worker.Status.Now.State == PartitionState.Stopped, Eventually.DefaultDeadline, "the partition has stopped");
}
