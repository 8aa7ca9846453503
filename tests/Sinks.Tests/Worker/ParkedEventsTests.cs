using Confluent.Kafka;
using Streaming.Contracts.Control;
using Streaming.Fixtures;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Tests.Support;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

/// <summary>An event that cannot be handled is parked, whatever belongs behind it waits there, and the rest goes on.</summary>
public sealed class ParkedEventsTests
{
    private static readonly SourcePartition _source = new("cluster-1", SomeRecords.Topic, "topic-1", SomeRecords.Partition);
    private readonly SomeContext _context = new();

    [Fact]
    public async Task What_follows_a_poisonous_event_of_its_aggregate_waits_behind_it_and_others_go_on()
    {
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1, SomeRecords.Poison), SomeRecords.Record(2), SomeRecords.Of("bad", 3), SomeRecords.Record(4));
        await using var worker = _context.Start(feed);

        await HandledAsync(worker, 5);

        _context.Sink.Offsets.ShouldBe([0, 2, 4]);
        _context.DeadLetters.Waiting.ShouldBe(["inventory.events-3@1", "inventory.events-3@3"]);
        var (poison, behind) = (_context.DeadLetters.All[0], _context.DeadLetters.All[1]);
        (poison.Reason, poison.Behind, poison.Tries).ShouldBe(("it is poison", null, 1));
        (behind.Reason, behind.Behind, behind.Tries).ShouldBe(("waits behind inventory.events-3@1", "inventory.events-3@1", 0));
        await UntilAsync(() => worker.Status.ParkedCount == 2, "two are counted as parked");
        worker.Status.Problem(TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    public async Task Poison_that_the_sink_finds_is_parked_too()
    {
        _context.Sink.BeforeWrite = batch => batch.Events.FirstOrDefault(recorded => recorded.Offset == 1) is { } bad
            ? throw new PoisonEventException(bad.Offset, "the projection failed")
            : Task.CompletedTask;
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1), SomeRecords.Of("bad", 2), SomeRecords.Record(3)));

        await HandledAsync(worker, 4);

        _context.Sink.Offsets.ShouldBe([0, 3]);
        _context.DeadLetters.Waiting.ShouldBe(["inventory.events-3@1", "inventory.events-3@2"]);
    }

    [Fact]
    public async Task The_next_owner_goes_by_what_was_parked_and_parks_nothing_twice()
    {
        await using (var first = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1, SomeRecords.Poison))))
            await HandledAsync(first, 2);
        var written = 0;
        _context.DeadLetters.BeforeWrite = letters => written += letters.Count;
        // The checkpoint stands before what was parked: nothing was written behind it.
        await using var second = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1, SomeRecords.Poison), SomeRecords.Of("bad", 2), SomeRecords.Record(3)));

        await HandledAsync(second, 4);

        _context.Sink.Offsets.ShouldBe([0, 3]);
        written.ShouldBe(1);
        _context.DeadLetters.Waiting.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_checkpoint_never_passes_what_is_not_safe_among_the_dead_letters()
    {
        var failures = 3;
        var before = new List<long>();
        _context.DeadLetters.BeforeWrite = _ =>
        {
            before.Add(_context.Sink.Checkpoint.NextOffset);
            if (failures-- > 0)
                throw new TimeoutException("Kafka is away");
        };
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1, SomeRecords.Poison), SomeRecords.Record(2)));

        await HandledAsync(worker, 3);

        before.ShouldBe([1, 1, 1, 1]);
        _context.Sink.Offsets.ShouldBe([0, 2]);
    }

    [Fact]
    public async Task A_damaged_log_is_never_parked()
    {
        _context.Sink.JudgesSequences = true;
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Record(2)));

        await UntilAsync(() => worker.Status.Now.State == PartitionState.Stopped, "the partition stops");

        _context.DeadLetters.All.ShouldBeEmpty();
        worker.Status.Now.Reason!.ShouldContain("has sequence 3 where 2 was due");
    }

    [Fact]
    public async Task A_redrive_handles_what_waits_in_its_order_and_the_aggregate_goes_on()
    {
        var isBad = true;
        _context.Sink.BeforeWrite = batch => isBad && batch.Events.Any(recorded => recorded.Offset == 1) ? throw new PoisonEventException(1, "bad for now") : Task.CompletedTask;
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1), SomeRecords.Of("bad", 2), SomeRecords.Record(3));
        await using var worker = _context.Start(feed);
        await HandledAsync(worker, 4);

        _context.Control.Ask(SinkRequestKind.Redrive, 1, 2);
        await AnsweredAsync(1);
        (_context.Control.Answers[0].IsDone, _context.Control.Answers[0].Message).ShouldBe((false, "0 handled. inventory.events-3@1: bad for now"));
        _context.DeadLetters.All[0].Tries.ShouldBe(2);

        isBad = false;
        _context.Control.Ask(SinkRequestKind.Redrive, 2);
        await AnsweredAsync(2);
        _context.Control.Answers[1].Message.ShouldBe("0 handled. inventory.events-3@1 waits before the others of bad, and was not named.");

        _context.Control.Ask(SinkRequestKind.Redrive, 1, 2);
        await AnsweredAsync(3);
        (_context.Control.Answers[2].IsDone, _context.Control.Answers[2].Message).ShouldBe((true, "2 handled."));
        _context.DeadLetters.All.ShouldAllBe(letter => letter.State == DeadLetterState.Redriven && letter.DecidedBy == "an operator" && letter.DecidedFor == "a test");
        feed.Deliver(SomeRecords.Of("bad", 4));
        await HandledAsync(worker, 5);
        _context.Sink.Offsets.ShouldBe([0, 3, 1, 2, 4]);
        _context.Sink.Checkpoint.NextOffset.ShouldBe(5);
    }

    [Fact]
    public async Task What_was_handled_after_all_is_never_said_to_wait_again()
    {
        var isBad = true;
        _context.Sink.BeforeWrite = batch => isBad && batch.Events.Any(recorded => recorded.Offset == 1) ? throw new PoisonEventException(1, "bad for now") : Task.CompletedTask;
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1), SomeRecords.Record(2)));
        await HandledAsync(worker, 3);
        isBad = false;
        var states = new List<DeadLetterState>();
        _context.DeadLetters.BeforeWrite = letters =>
        {
            states.AddRange(letters.Select(letter => letter.State));
            if (states.Count == 1)
                throw new KafkaException(ErrorCode.Local_Transport);
        };

        _context.Control.Ask(SinkRequestKind.Redrive, 1);
        await AnsweredAsync(1);

        states.ShouldBe([DeadLetterState.Redriven, DeadLetterState.Redriven]);
        _context.Control.Answers[0].IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_discarded_stays_out_and_its_sequence_is_no_gap()
    {
        _context.Sink.JudgesSequences = true;
        var records = new[] { SomeRecords.Record(0), SomeRecords.Record(1, SomeRecords.Poison), SomeRecords.Record(2) };
        await using (var worker = _context.Start(new FakeFeed(records)))
        {
            await HandledAsync(worker, 3);
            _context.Control.Ask(SinkRequestKind.Discard, 1);
            _context.Control.Ask(SinkRequestKind.Redrive, 2);
            await AnsweredAsync(2);
            _context.Control.Answers.ShouldAllBe(answer => answer.IsDone);
            _context.Sink.Offsets.ShouldBe([0, 2]);
        }

        // Nor does it come back when everything is derived again.
        var feed = new FakeFeed(records);
        await using var again = _context.Start(feed);
        await HandledAsync(again, 3);
        _context.Control.Ask(SinkRequestKind.Reset, 0);
        await UntilAsync(() => _context.Sink.Checkpoint is { Epoch: 2, NextOffset: 3 }, "all is derived again");
        _context.Sink.Offsets.ShouldBe([0, 2]);
        _context.DeadLetters.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_is_met_again_after_a_reset_to_before_it()
    {
        var isBad = true;
        _context.Sink.BeforeWrite = batch => isBad && batch.Events.Any(recorded => recorded.Offset == 1) ? throw new PoisonEventException(1, "bad for now") : Task.CompletedTask;
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1), SomeRecords.Of("bad", 2), SomeRecords.Record(3)));
        await HandledAsync(worker, 4);
        isBad = false;

        _context.Control.Ask(SinkRequestKind.Reset, 1);

        await UntilAsync(() => _context.Sink.Checkpoint is { Epoch: 2, NextOffset: 4 }, "all is derived again");
        _context.Sink.Offsets.ShouldBe([0, 1, 2, 3]);
        _context.DeadLetters.All.ShouldAllBe(letter => letter.State == DeadLetterState.Superseded);
    }

    [Fact]
    public async Task The_newest_record_that_was_handled_by_a_redrive_is_not_handled_again_after_a_restart()
    {
        var isBad = true;
        _context.Sink.BeforeWrite = batch => isBad && batch.Events.Any(recorded => recorded.Offset == 1) ? throw new PoisonEventException(1, "bad for now") : Task.CompletedTask;
        var records = new[] { SomeRecords.Record(0), SomeRecords.Of("bad", 1) };
        await using (var worker = _context.Start(new FakeFeed(records)))
        {
            await HandledAsync(worker, 2);
            isBad = false;
            _context.Control.Ask(SinkRequestKind.Redrive, 1);
            await AnsweredAsync(1);
        }

        _context.Sink.Checkpoint.NextOffset.ShouldBe(1);
        await using (var again = _context.Start(new FakeFeed(records)))
            await HandledAsync(again, 2);
        _context.Sink.Offsets.ShouldBe([0, 1]);

        // A reset to before it is another matter.
        _context.Control.Ask(SinkRequestKind.Reset, 0);
        await using var replaying = _context.Start(new FakeFeed(records));
        await UntilAsync(() => _context.Sink.Checkpoint is { Epoch: 2, NextOffset: 2 }, "all is derived again");
        _context.Sink.Offsets.ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_erased_aggregate_and_nothing_of_it_is_handled_after_all()
    {
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), SomeRecords.Of("bad", 1, SomeRecords.Poison), SomeRecords.Of("bad", 2)));
        await HandledAsync(worker, 3);
        _context.Erasures.Add("bad");

        _context.Control.Ask(SinkRequestKind.Redrive, 1, 2);

        await AnsweredAsync(1);
        _context.Sink.Offsets.ShouldBe([0]);
        _context.Sink.Erased.ShouldBe(["bad"]);
        _context.DeadLetters.Waiting.ShouldBeEmpty();
        _context.DeadLetters.All.ShouldAllBe(letter => letter.Value!.Length == 0 && letter.Headers.Count == 0);
    }

    [Fact]
    public async Task What_lies_before_a_dead_letter_does_not_wait_for_it_in_a_destination_that_begins_anew()
    {
        var records = new[] { SomeRecords.Of("bad", 0), SomeRecords.Of("bad", 1, SomeRecords.Poison), SomeRecords.Of("bad", 2) };
        await using (var first = _context.Start(new FakeFeed(records)))
            await HandledAsync(first, 3);
        _context.Sink.BeginAnew();

        await using var second = _context.Start(new FakeFeed(records));
        await HandledAsync(second, 3);

        _context.Sink.Offsets.ShouldBe([0]);
        _context.DeadLetters.Waiting.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_names_no_aggregate_is_parked_alone()
    {
        var odd = SomeRecords.Record(1, SomeRecords.Poison) with { Key = [0xff, 0x01] };
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0), odd, SomeRecords.Record(2)));

        await HandledAsync(worker, 3);

        _context.Sink.Offsets.ShouldBe([0, 2]);
        _context.DeadLetters.All.Single().Queue.ShouldBe("key ff01");
    }

    [Fact]
    public async Task A_partition_stops_when_as_many_wait_as_may_and_goes_on_when_they_are_handled()
    {
        _context.Options.ParkedRecordsMax = 2;
        var isBad = true;
        _context.Sink.BeforeWrite = batch => isBad && batch.Events.FirstOrDefault(recorded => recorded.AggregateId == "bad") is { } bad ? throw new PoisonEventException(bad.Offset, "bad for now") : Task.CompletedTask;
        await using var worker = _context.Start(new FakeFeed(
            SomeRecords.Record(0), SomeRecords.Of("bad", 1), SomeRecords.Of("bad", 2), SomeRecords.Record(3), SomeRecords.Of("worse", 4, SomeRecords.Poison), SomeRecords.Record(5)));

        await UntilAsync(() => worker.Status.Now.State == PartitionState.Stopped, "the partition stops");
        worker.Status.Now.Reason.ShouldNotBeNull().ShouldContain("streamctl dlq list collecting-sink");
        _context.DeadLetters.Waiting.Count.ShouldBe(2);
        _context.Sink.Offsets.ShouldBe([0, 3]);

        isBad = false;
        _context.Control.Ask(SinkRequestKind.Redrive, 1, 2);
        await UntilAsync(() => worker.Status.Progress.NextOffset == 6, "it goes on");
        _context.Sink.Offsets.ShouldBe([0, 3, 1, 2, 5]);
        _context.DeadLetters.Waiting.ShouldBe(["inventory.events-3@4"]);
    }

    [Fact]
    public async Task A_partition_stops_when_what_waits_is_too_much_to_hold()
    {
        _context.Options.ParkedBytesMax = 2_000;
        await using var worker = _context.Start(new FakeFeed(
            SomeRecords.Of("bad", 0, SomeRecords.Poison), SomeRecords.Of("bad", 1, new string('x', 1_500)), SomeRecords.Of("bad", 2, new string('x', 1_500))));

        await UntilAsync(() => worker.Status.Now.State == PartitionState.Stopped, "the partition stops");

        // What was read at once waits whole, or not at all.
        _context.DeadLetters.Waiting.ShouldBe(["inventory.events-3@0"]);
        worker.Status.Now.Reason.ShouldNotBeNull().ShouldContain("Sinks:ParkedBytesMax");
    }

    [Fact]
    public async Task An_earlier_owner_cannot_change_what_became_of_a_dead_letter()
    {
        var earlier = await TakeOverAsync();
        await earlier.ParkAsync(SomeRecords.Of("bad", 1), "bad for now", CancellationToken.None);
        var waiting = _context.DeadLetters.All.Single();

        var later = await TakeOverAsync();
        await later.WriteAsync([waiting with { State = DeadLetterState.Discarded }], CancellationToken.None);

        // What was under way when it was taken over is refused by the topic, and what comes after that by the destination.
        await Should.ThrowAsync<KafkaException>(() => earlier.WriteAsync([waiting with { Tries = 2 }], CancellationToken.None));
        await Should.ThrowAsync<FencedException>(() => earlier.WriteAsync([waiting with { Tries = 2 }], CancellationToken.None));
        _context.DeadLetters.All.Single().State.ShouldBe(DeadLetterState.Discarded);
        // An earlier one that asks for the right to write ends the later one's, who has it back by asking, too.
        await Should.ThrowAsync<KafkaException>(() => later.WriteAsync([waiting], CancellationToken.None));
        await later.WriteAsync([waiting with { State = DeadLetterState.Redriven }], CancellationToken.None);
        _context.DeadLetters.All.Single().State.ShouldBe(DeadLetterState.Redriven);
    }

    [Fact]
    public async Task An_earlier_owner_parks_nothing_that_the_later_one_has_not_read()
    {
        var earlier = await TakeOverAsync();
        await earlier.ParkAsync(SomeRecords.Of("bad", 1), "bad for now", CancellationToken.None);

        var later = await TakeOverAsync();

        later.Count.ShouldBe(1);
        await Should.ThrowAsync<KafkaException>(() => earlier.ParkAsync(SomeRecords.Of("worse", 2), "bad for now", CancellationToken.None));
        await Should.ThrowAsync<FencedException>(() => earlier.ParkAsync(SomeRecords.Of("worse", 2), "bad for now", CancellationToken.None));
        _context.DeadLetters.All.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_lost_a_partition_answers_no_request_about_it()
    {
        await using var worker = _context.Start(new FakeFeed(SomeRecords.Record(0)));
        await HandledAsync(worker, 1);
        var elsewhere = await _context.Sink.TakeAsync(_source, default, CancellationToken.None);

        _context.Control.Ask(SinkRequestKind.Discard, 7);

        // It takes the partition back first, as the group gave it nobody else, and answers as its owner.
        await AnsweredAsync(1);
        _context.Sink.Checkpoint.Fence.ShouldBeGreaterThan(elsewhere.Fence);
    }

    /// <summary>The dead letters of the partition, as a host has them that has just taken it over.</summary>
    private async Task<ParkedEvents> TakeOverAsync()
    {
        var parked = new ParkedEvents(_context.Connect(), _source, await _context.Sink.TakeAsync(_source, default, CancellationToken.None));
        await parked.ReadAsync(CancellationToken.None);
        return parked;
    }

    private Task AnsweredAsync(int count) => UntilAsync(() => _context.Control.Answers.Count == count, $"{count} requests are answered");

    private static Task HandledAsync(PartitionWorker worker, long nextOffset) => UntilAsync(
        () => worker.Status.Progress.NextOffset >= nextOffset || worker.Status.Now.State == PartitionState.Stopped, $"all before {nextOffset} is handled");

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.Async(condition, Eventually.DefaultDeadline, what);
}
