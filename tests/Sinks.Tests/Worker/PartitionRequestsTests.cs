using Confluent.Kafka;
using Streaming.Contracts.Control;
using Streaming.Fixtures;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Tests.Support;

namespace Streaming.Sinks.Tests.Worker;

/// <summary>What people ask of a partition while its sink runs.</summary>
public sealed class PartitionRequestsTests
{
    private readonly SomeContext _context = new();

    [Fact]
    public async Task A_reset_back_is_a_replay_and_the_group_follows()
    {
        var feed = Feed(9);
        await using var worker = _context.Start(feed);
        await UntilAsync(() => feed.GroupCommitted == 9, "the group stands at 9");

        _context.Control.Ask(SinkRequestKind.Reset, 4);

        await UntilAsync(() => _context.Sink.Checkpoint is { Epoch: 2, NextOffset: 9 }, "everything is derived again");
        feed.Starts.ShouldBe([0, 4]);
        _context.Sink.Modes[^1].ShouldBe(SinkMode.Replay);
        _context.Sink.Offsets.ShouldBe(Enumerable.Range(0, 9).Select(i => (long)i));
        var answer = _context.Control.Answers.Single();
        (answer.IsDone, answer.Message).ShouldBe((true, "Everything from @4 on is derived again, up to @9 as a replay."));
        await UntilAsync(() => feed.GroupCommitted == 9 && _context.Sink.Checkpoint.Group == new GroupOffsets(9, 9), "the group stands at 9 again");
    }

    [Fact]
    public async Task A_reset_forward_leaves_out_what_lies_between()
    {
        await using (var first = _context.Start(Feed(3)))
            await UntilAsync(() => NextOffset() == 3, "three are written");
        _context.Control.Ask(SinkRequestKind.Reset, 7);
        await using var second = _context.Start(Feed(9));

        await UntilAsync(() => NextOffset() == 9, "the rest is written");

        _context.Sink.Offsets.ShouldBe([0, 1, 2, 7, 8]);
        _context.Sink.Checkpoint.SkippedBefore.ShouldBe(7);
    }

    [Fact]
    public async Task A_reset_forward_does_not_cut_a_replay_short()
    {
        await ResetBackAsync(handled: 6, to: 2);
        _context.Control.Ask(SinkRequestKind.Reset, 5);

        await using var second = _context.Start(Feed(9));

        await UntilAsync(() => NextOffset() == 9, "everything is derived again");
        _context.Sink.Offsets.ShouldBe(Enumerable.Range(0, 9).Select(i => (long)i));
        var answer = _context.Control.Answers.Single();
        answer.IsDone.ShouldBeFalse();
        answer.Message.ShouldStartWith("A replay has come to @2, and everything before @6 was handled before it");
    }

    [Fact]
    public async Task A_replay_is_cut_short_where_that_is_meant()
    {
        await ResetBackAsync(handled: 6, to: 2);
        _context.Control.AskToCutReplay(5);

        await using var second = _context.Start(Feed(9));

        await UntilAsync(() => NextOffset() == 9, "the rest is derived");
        _context.Sink.Offsets.ShouldBe([0, 1, 5, 6, 7, 8]);
    }

    [Fact]
    public async Task A_tool_that_moves_the_group_forward_does_not_cut_a_replay_short()
    {
        await ResetBackAsync(handled: 6, to: 2);
        var feed = Feed(9);
        feed.GroupCommitted = 5;
        await using var second = _context.Start(feed);
        await UntilAsync(() => second.Status.Now.State == PartitionState.AwaitingAnswer, "the partition waits");
        second.Status.Now.Reason.ShouldNotBeNull().ShouldContain("A replay has come to @2");

        _context.Control.Ask(SinkRequestKind.Skip);
        await AnsweredAsync();
        _context.Control.Answers[0].IsDone.ShouldBeFalse();
        _context.Control.Ask(SinkRequestKind.Stay);

        await UntilAsync(() => NextOffset() == 9, "everything is derived again");
        _context.Sink.Offsets.ShouldBe(Enumerable.Range(0, 9).Select(i => (long)i));
    }

    [Fact]
    public async Task A_reset_forward_that_was_not_answered_is_not_done_a_second_time()
    {
        await using (var first = _context.Start(Feed(3)))
            await UntilAsync(() => NextOffset() == 3, "three are written");
        await _context.Sink.ResetAsync(Move(from: 3, to: 7), CancellationToken.None);
        _context.Control.Ask(SinkRequestKind.Reset, 7);

        await using var second = _context.Start(Feed(9));

        await UntilAsync(() => NextOffset() == 9, "the rest is written");
        _context.Control.Answers.Single().Message.ShouldBe("It stands at @7 already.");
        _context.Sink.Checkpoint.Epoch.ShouldBe(2);
    }

    [Fact]
    public async Task A_reset_is_done_though_nobody_hears_that_its_answer_arrived()
    {
        var feed = Feed(9);
        await using var worker = _context.Start(feed);
        await UntilAsync(() => NextOffset() == 9, "all are written");
        _context.Control.AfterAnswer = () =>
        {
            _context.Control.AfterAnswer = () => { };
            throw new KafkaException(ErrorCode.Local_Transport);
        };

        _context.Control.Ask(SinkRequestKind.Reset, 4);

        await UntilAsync(() => _context.Sink.Checkpoint is { Epoch: 2, NextOffset: 9 }, "everything is derived again");
        feed.Starts.ShouldBe([0, 4]);
        _context.Sink.Offsets.ShouldBe(Enumerable.Range(0, 9).Select(i => (long)i));
    }

    [Fact]
    public void A_reset_back_into_what_was_left_out_leaves_the_rest_of_it_out()
    {
        var source = new SourcePartition("cluster-1", SomeRecords.Topic, "topic-1", SomeRecords.Partition);
        var skipped = new Checkpoint("cluster-1", "topic-1", NextOffset: 3, Epoch: 1, Fence: 1, default).After(new Reset(source, 3, 9, 1, default));

        skipped.After(new Reset(source, 9, 6, 1, default)).SkippedBefore.ShouldBe(6);
        skipped.After(new Reset(source, 9, 0, 1, default)).SkippedBefore.ShouldBe(0);
    }

    [Fact]
    public async Task A_reset_past_the_end_is_refused()
    {
        await using var worker = _context.Start(Feed(3));

        _context.Control.Ask(SinkRequestKind.Reset, 4);

        await AnsweredAsync();
        (_context.Control.Answers[0].IsDone, _context.Control.Answers[0].Message).ShouldBe((false, "The log ends at 3: give an offset up to that."));
        _context.Sink.Checkpoint.Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task A_reset_that_a_crash_interrupted_is_done_once_more()
    {
        await using (var first = _context.Start(Feed(5)))
            await UntilAsync(() => NextOffset() == 5, "five are written");
        // Applied, and not answered.
        var checkpoint = _context.Sink.Checkpoint;
        await _context.Sink.ResetAsync(
            new Reset(new("cluster-1", SomeRecords.Topic, "topic-1", SomeRecords.Partition), 5, 2, checkpoint.Fence, new GroupOffsets(5, 2)), CancellationToken.None);
        _context.Control.Ask(SinkRequestKind.Reset, 2);
        var feed = Feed(5);
        feed.GroupCommitted = 5;

        await using var second = _context.Start(feed);

        await UntilAsync(() => NextOffset() == 5 && _context.Control.Answers.Count == 1, "all is derived again");
        _context.Sink.Offsets.ShouldBe([0, 1, 2, 3, 4]);
        _context.Sink.Checkpoint.ReplayUntil.ShouldBe(5);
    }

    [Fact]
    public async Task A_stopped_partition_goes_on_where_a_reset_leads()
    {
        _context.Options.OnPoison = PoisonPolicy.Stop;
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Record(1, SomeRecords.Poison), SomeRecords.Record(2)));
        await UntilAsync(() => worker.Status.Now.State == PartitionState.Stopped, "the partition stops");

        _context.Control.Ask(SinkRequestKind.Reset, 2);

        await UntilAsync(() => NextOffset() == 3, "it goes on behind the poison");
        _context.Sink.Offsets.ShouldBe([0, 2]);
    }

    [Fact]
    public async Task A_paused_sink_stands_still_and_is_not_ill_and_goes_on_where_it_was()
    {
        var feed = Feed(3);
        await using var worker = _context.Start(feed);
        await UntilAsync(() => NextOffset() == 3, "three are written");
        _context.Control.Pause = new SinkPause(IsPaused: true, "an operator", DateTimeOffset.UnixEpoch, "the database moves");
        await UntilAsync(() => worker.Status.Now.State == PartitionState.Paused, "the partition stands still");
        worker.Status.Now.Reason.ShouldBe("paused by an operator: the database moves");
        worker.Status.Problem(TimeSpan.Zero).ShouldBeNull();
        feed.IsPaused.ShouldBeTrue();
        feed.Deliver(SomeRecords.Record(3));

        _context.Control.Pause = null;

        await UntilAsync(() => NextOffset() == 4, "what came meanwhile is written");
        feed.IsPaused.ShouldBeFalse();
    }

    [Fact]
    public async Task A_sink_that_was_paused_before_its_host_started_writes_nothing()
    {
        _context.Control.Pause = new SinkPause(IsPaused: true, "an operator", DateTimeOffset.UnixEpoch, null);
        await using var worker = _context.Start(Feed(3));

        await UntilAsync(() => worker.Status.Now.State == PartitionState.Paused, "the partition stands still");

        _context.Sink.Offsets.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_that_nobody_waits_for_is_refused()
    {
        await using var worker = _context.Start(Feed(3));
        _context.Control.Ask(SinkRequestKind.Skip);

        await AnsweredAsync();

        (_context.Control.Answers[0].IsDone, _context.Control.Answers[0].Message).ShouldBe((false, "Nothing waits for an answer here."));
    }

    private async Task ResetBackAsync(int handled, long to)
    {
        await using (var first = _context.Start(Feed(handled)))
            await UntilAsync(() => NextOffset() == handled, "they are written");
        await _context.Sink.ResetAsync(Move(handled, to), CancellationToken.None);
    }

    private Reset Move(long from, long to) =>
        new(new("cluster-1", SomeRecords.Topic, "topic-1", SomeRecords.Partition), from, to, _context.Sink.Checkpoint.Fence, default);

    private long NextOffset() => _context.Sink.IsTaken ? _context.Sink.Checkpoint.NextOffset : -1;

    private Task AnsweredAsync() => UntilAsync(() => _context.Control.Answers.Count > 0, "the request is answered");

    private static FakeFeed Feed(int count) => new([.. Enumerable.Range(0, count).Select(i => SomeRecords.Record(i))]);

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.Async(condition, Eventually.DefaultDeadline, what);
}
