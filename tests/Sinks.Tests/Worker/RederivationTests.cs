using Streaming.Fixtures;
using Streaming.Sinks.Events;
using Streaming.Sinks.Tests.Support;

namespace Streaming.Sinks.Tests.Worker;

/// <summary>Aggregates that are derived again whole, while the partition stays where it is.</summary>
public sealed class RederivationTests
{
    // A, B and C in turns: A at 0, 3, 6, B at 1, 4, 7, C at 2, 5, 8.
    private static readonly LogRecord[] _records = [.. Enumerable.Range(0, 9).Select(offset => SomeRecords.Of($"{"ABC"[offset % 3]}", offset))];

    private readonly SomeContext _context = new() { Log = new MemoryLog(_records) };

    [Fact]
    public async Task One_by_its_key_is_read_from_its_first_event_and_the_feed_goes_on_where_it_was()
    {
        var feed = new FakeFeed(_records);
        await using var worker = _context.Start(feed);
        await UntilAsync(() => Next() == 9, "nine are written");

        _context.Control.AskToRederive("B");

        (await AnswerAsync()).ShouldBe((true, "1 aggregates were derived again from 3 events."));
        _context.Sink.Rederived.ShouldHaveSingleItem().ShouldBe([1, 4, 7]);
        await UntilAsync(() => feed.Starts.Count == 2, "the partition is opened anew");
        feed.Starts.ShouldBe([0, 9]);
        _context.Sink.Offsets.Count.ShouldBe(9);
    }

    [Theory]
    [InlineData(4, 6L, "2 aggregates were derived again from 6 events.", 1, 2, 4, 5, 7, 8)]
    [InlineData(8, null, "1 aggregates were derived again from 3 events.", 2, 5, 8)]
    [InlineData(4, 4L, "Nothing happened there.")]
    public async Task Those_to_which_something_happened_between_two_offsets_are_read_whole(long from, long? until, string message, params int[] offsets)
    {
        await using var worker = _context.Start(new FakeFeed(_records));
        await UntilAsync(() => Next() == 9, "nine are written");

        _context.Control.AskToRederive(key: null, from, until);

        (await AnswerAsync()).ShouldBe((true, message));
        _context.Sink.Rederived.SelectMany(read => read).ShouldBe(offsets.Select(offset => (long)offset));
    }

    [Fact]
    public async Task What_is_not_there_is_refused_and_so_is_all_of_it_where_an_event_cannot_be_read()
    {
        await using var worker = _context.Start(new FakeFeed(_records));
        await UntilAsync(() => Next() == 9, "nine are written");
        _context.Control.AskToRederive("D");
        (await AnswerAsync()).ShouldBe((false, "D has no event in inventory.events-3 before @9, or was erased."));
        _context.Sink.Rederived.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_among_the_dead_letters_is_left_there()
    {
        LogRecord[] records = [.. _records[..4], SomeRecords.Of("B", 4, SomeRecords.Poison), .. _records[5..]];
        var context = new SomeContext { Log = new MemoryLog(records) };
        await using var worker = context.Start(new FakeFeed(records));
        await UntilAsync(() => context.Sink.IsTaken && context.Sink.Checkpoint.NextOffset == 9, "what is no poison is written");

        context.Control.AskToRederive("B");

        await UntilAsync(() => context.Control.Answers.Count == 1, "the request is answered");
        context.Control.Answers[0].Message.ShouldBe("1 aggregates were derived again from 1 events. 2 events wait among the dead letters, as before.");
        context.Sink.Rederived.ShouldHaveSingleItem().ShouldBe([1]);
    }

    private long Next() => _context.Sink.IsTaken ? _context.Sink.Checkpoint.NextOffset : -1;

    private async Task<(bool, string)> AnswerAsync()
    {
        await UntilAsync(() => _context.Control.Answers.Count > 0, "the request is answered");
        return (_context.Control.Answers[0].IsDone, _context.Control.Answers[0].Message);
    }

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.Async(condition, Eventually.DefaultDeadline, what);
}
