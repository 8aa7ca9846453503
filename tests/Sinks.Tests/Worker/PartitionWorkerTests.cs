using Streaming.Contracts.Control;
using Streaming.Fixtures;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Tests.Support;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

public sealed class PartitionWorkerTests
{
    private readonly SomeContext _context = new();
    private readonly CollectingSink _sink;
    private readonly SinkOptions _options;

    public PartitionWorkerTests()
    {
        (_sink, _options) = (_context.Sink, _context.Options);
        _options.OnPoison = PoisonPolicy.Stop;
    }

    [Fact]
    public async Task Every_record_is_written_once_and_the_group_follows_the_checkpoint()
    {
        var feed = Feed(25);
        await using var worker = Start(feed);

        await WrittenAsync(25);
        await UntilAsync(() => feed.GroupCommitted == 25, "the group stands at 25");
        await worker.StopAsync();

        _sink.Offsets.ShouldBe(Enumerable.Range(0, 25).Select(i => (long)i));
        _sink.Checkpoint.ShouldBe(new Checkpoint("cluster-1", "topic-1", 25, Epoch: 1, Fence: 1, new GroupOffsets(25, 25), LiveFrom: 25));
        worker.Status.Progress.Mode.ShouldBe(SinkMode.Live);
        _sink.Modes[0].ShouldBe(SinkMode.CatchUp);
    }

    [Fact]
    public async Task A_new_owner_goes_on_from_the_checkpoint()
    {
        await using (var first = Start(Feed(5)))
            await WrittenAsync(5);
        var feed = Feed(8);
        feed.GroupCommitted = 5;
        await using var second = Start(feed);

        await WrittenAsync(8);

        feed.Starts.ShouldBe([5]);
        _sink.Checkpoint.Fence.ShouldBe(2);
    }

    [Fact]
    public async Task What_lies_before_a_poisonous_record_is_written_and_nothing_after_it()
    {
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Record(1), SomeRecords.Record(2, SomeRecords.Poison), SomeRecords.Record(3));
        await using var worker = Start(feed);

        await StoppedAsync(worker);

        _sink.Offsets.ShouldBe([0, 1]);
        _sink.Checkpoint.NextOffset.ShouldBe(2);
        worker.Status.Problem(TimeSpan.Zero).ShouldBe("inventory.events-3 stopped: @2: it is poison");
        feed.IsPaused.ShouldBeTrue();
        feed.GroupCommitted.ShouldBe(2);
    }

    [Fact]
    public async Task Poison_that_the_sink_finds_stops_the_partition_there()
    {
        _sink.BeforeWrite = batch => batch.Events.FirstOrDefault(recorded => recorded.Offset is 3 or 6) is { } bad
            ? throw new PoisonEventException(batch.Events.Any(recorded => recorded.Offset == 6) ? 6 : bad.Offset, "a contradiction")
            : Task.CompletedTask;
        await using var worker = Start(Feed(8));

        await StoppedAsync(worker);

        _sink.Offsets.ShouldBe([0, 1, 2]);
        worker.Status.Now.Reason.ShouldBe("@3: a contradiction");
    }

    [Fact]
    public async Task A_stopped_partition_is_tried_again_by_the_next_worker()
    {
        var isBad = true;
        _sink.BeforeWrite = batch => isBad && batch.Events.Any(recorded => recorded.Offset == 2) ? throw new PoisonEventException(2, "bad for now") : Task.CompletedTask;
        await using (var first = Start(Feed(4)))
            await StoppedAsync(first);
        isBad = false;
        var feed = Feed(4);
        feed.GroupCommitted = 2;
        await using var second = Start(feed);

        await WrittenAsync(4);
    }

    [Fact]
    public async Task A_destination_that_is_away_is_tried_until_it_is_back_with_the_partition_paused()
    {
        var failures = 5;
        string? said = null;
        var feed = Feed(4);
        PartitionWorker? worker = null;
        _sink.BeforeWrite = _ =>
        {
            said ??= worker!.Status.Now is (PartitionState.Retrying, _) ? worker.Status.Problem(TimeSpan.Zero) : null;
            return failures-- > 0 ? throw new IOException("the destination is away") : Task.CompletedTask;
        };
        worker = _context.Create(feed);
        await using var _ = worker;
        worker.Start();

        await WrittenAsync(4);

        said.ShouldBe("inventory.events-3@0 tries again: the destination is away");
        feed.PauseCount.ShouldBe(5);
        await UntilAsync(() => !feed.IsPaused && worker.Status.Now.State == PartitionState.Running, "the partition runs again");
    }

    [Fact]
    public async Task A_failure_that_does_not_pass_stops_the_partition_after_some_tries()
    {
        var tries = 0;
        _sink.BeforeWrite = _ => ++tries > 0 ? throw new ArithmeticException("wrong code") : Task.CompletedTask;
        await using var worker = Start(Feed(4));

        await StoppedAsync(worker);

        tries.ShouldBe(3);
        _sink.Offsets.ShouldBeEmpty();
        worker.Status.Now.Reason.ShouldBe("@0: wrong code");
    }

    [Fact]
    public async Task A_worker_that_was_fenced_and_still_owns_the_partition_takes_it_over_again()
    {
        var feed = Feed(4);
        var isOvertaken = false;
        _sink.BeforeWrite = async batch =>
        {
            if (!isOvertaken)
                await _sink.TakeAsync(batch.Source, default, CancellationToken.None);
            isOvertaken = true;
        };
        await using var worker = Start(feed);

        await WrittenAsync(4);

        feed.Starts.ShouldBe([0, 0]);
        _sink.Checkpoint.Fence.ShouldBe(3);
    }

    [Fact]
    public async Task Stopping_finishes_the_batch_in_hand_and_saves()
    {
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        _sink.BeforeWrite = _ =>
        {
            begun.TrySetResult();
            return gate.Task;
        };
        var feed = Feed(10);
        await using var worker = Start(feed);
        await begun.Task;

        var stopping = worker.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await stopping;

        _sink.Offsets.Count.ShouldBe(10);
        feed.GroupCommitted.ShouldBe(10);
        _sink.Checkpoint.Group.ShouldBe(new GroupOffsets(10, 10));
    }

    [Fact]
    public async Task A_batch_that_takes_too_long_is_abandoned_and_loses_nothing()
    {
        _options.DrainMs = 20;
        var begun = new TaskCompletionSource();
        _sink.BeforeWrite = _ =>
        {
            begun.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        await using (var worker = Start(Feed(10)))
        {
            await begun.Task;
            await worker.StopAsync();
        }

        _sink.Offsets.ShouldBeEmpty();
        _sink.BeforeWrite = _ => Task.CompletedTask;
        await using var next = Start(Feed(10));
        await WrittenAsync(10);
    }

    [Fact]
    public async Task Stopping_ends_the_wait_between_two_tries()
    {
        _options.RetryDelayMs = _options.RetryDelayMaxMs = 600_000;
        _sink.BeforeWrite = _ => throw new IOException("away");
        await using var worker = Start(Feed(4));
        await UntilAsync(() => worker.Status.Now.State == PartitionState.Retrying, "the worker waits for its next try");

        await worker.StopAsync();

        _sink.Offsets.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_that_was_moved_back_is_replayed_from_there()
    {
        await using (var first = Start(Feed(9)))
            await WrittenAsync(9);
        var feed = Feed(9);
        feed.GroupCommitted = 4;
        await using var second = Start(feed);

        await UntilAsync(() => _sink.Checkpoint is { Epoch: 2, NextOffset: 9 }, "everything is derived again");

        feed.Starts.ShouldBe([4]);
        _sink.Modes[^1].ShouldBe(SinkMode.Replay);
        _sink.Offsets.ShouldBe(Enumerable.Range(0, 9).Select(i => (long)i));
    }

    [Fact]
    public async Task No_batch_reaches_from_one_mode_into_the_next()
    {
        await using (var first = Start(Feed(4)))
            await WrittenAsync(4);
        var feed = Feed(9);
        feed.GroupCommitted = 2;
        _sink.Modes.Clear();
        await using var second = Start(feed);

        await UntilAsync(() => _sink.Checkpoint is { Epoch: 2, NextOffset: 9 }, "everything is derived again, and what came since");

        _sink.Modes.ShouldBe([SinkMode.Replay, SinkMode.Live]);
        _sink.Checkpoint.ReplayUntil.ShouldBe(4);
    }

    [Theory]
    [InlineData(SinkRequestKind.Skip, new long[] { 0, 1, 2, 7, 8 }, 2)]
    [InlineData(SinkRequestKind.Stay, new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8 }, 1)]
    public async Task A_group_that_was_moved_forward_waits_for_its_answer(SinkRequestKind answer, long[] written, int epoch)
    {
        await using (var first = Start(Feed(3)))
            await WrittenAsync(3);
        var feed = Feed(9);
        feed.GroupCommitted = 7;
        await using var second = Start(feed);
        await UntilAsync(() => second.Status.Now.State == PartitionState.AwaitingAnswer, "the worker asks");
        second.Status.Problem(TimeSpan.Zero)!.ShouldContain("the group stands at @7, the checkpoint at @3");
        _sink.Checkpoint.NextOffset.ShouldBe(3);

        _context.Control.Ask(answer);

        await WrittenAsync(9);
        _sink.Offsets.ShouldBe(written);
        _sink.Checkpoint.Epoch.ShouldBe(epoch);
        second.Status.Now.State.ShouldBe(PartitionState.Running);
    }

    [Fact]
    public async Task A_commit_of_the_group_that_fails_is_tried_again_and_holds_nothing_up()
    {
        var feed = Feed(4);
        feed.FailsToCommit = true;
        await using var worker = Start(feed);
        await WrittenAsync(4);
        feed.Deliver(SomeRecords.Record(4));
        await WrittenAsync(5);
        feed.GroupCommitted.ShouldBeNull();

        feed.FailsToCommit = false;

        await UntilAsync(() => feed.GroupCommitted == 5, "the group follows");
        await UntilAsync(() => _sink.Checkpoint.Group == new GroupOffsets(5, 5), "the destination knows");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_at_first_is_asked_again()
    {
        var feed = Feed(4);
        feed.FailsToLook = new Confluent.Kafka.KafkaException(Confluent.Kafka.ErrorCode.Local_TimedOut);
        await using var worker = Start(feed);

        await WrittenAsync(4);
    }

    private static FakeFeed Feed(int count) => new([.. Enumerable.Range(0, count).Select(i => SomeRecords.Record(i))]);

    private PartitionWorker Start(FakeFeed feed) => _context.Start(feed);

    private Task WrittenAsync(long nextOffset) => UntilAsync(() => NextOffset() >= nextOffset, $"the checkpoint is {nextOffset}");

    private long NextOffset() => _sink.IsTaken ? _sink.Checkpoint.NextOffset : -1;

    private static Task StoppedAsync(PartitionWorker worker) =>
        UntilAsync(() => worker.Status.Now.State == PartitionState.Stopped, "the partition has stopped");

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.Async(condition, Eventually.DefaultDeadline, what);
}
