using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tests;

/// <summary>Rows of single aggregates are put in place of those that are there.</summary>
public sealed class RederiveTests
{
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly TestLake _lake = new();

    [Fact]
    public async Task Exactly_those_rows_are_replaced_and_what_comes_next_is_added_once()
    {
        await _lake.WriteAsync(Rows(0, 12, quantity: 1));
        using var today = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(today);

        await today.RederiveAsync(Whole(checkpoint, Rows(0, 12, quantity: 5)), _never);

        var expected = TestLake.Stock([.. Rows(0, 12, quantity: 1).Where(row => row.AggregateId != "A"), .. OfA(Rows(0, 12, quantity: 5))]);
        (await _lake.StockAsync()).ShouldBe(expected);
        await today.WriteAsync(Some.Batch(checkpoint, Rows(8, 20, quantity: 1)), _never);
        (await _lake.StockAsync()).Count.ShouldBe(20);
        (await _lake.CompleteAsync("inventory_stock_sold")).ShouldBe(20);
    }

    [Fact]
    public async Task Where_an_event_is_missing_nothing_is_replaced()
    {
        await _lake.WriteAsync(Rows(0, 12, quantity: 1));
        _lake.Options.JudgesSequences = true;
        using var today = _lake.Host();

        await Should.ThrowAsync<PoisonEventException>(async () => await today.RederiveAsync(Whole(await TestLake.TakeAsync(today), Rows(0, 12, quantity: 5)), _never));

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Rows(0, 12, quantity: 1)));
    }

    [Fact]
    public async Task A_crash_in_the_middle_is_completed_by_doing_it_again()
    {
        var expected = TestLake.Stock([.. Rows(0, 12, quantity: 1).Where(row => row.AggregateId != "A"), .. OfA(Rows(0, 12, quantity: 5))]);
        for (var survived = 0; survived < 5; survived++)
        {
            var lake = new TestLake();
            await lake.WriteAsync(Rows(0, 12, quantity: 1));
            using var crashing = lake.Host();
            var checkpoint = await TestLake.TakeAsync(crashing);
            var left = survived;
            lake.Memory.BeforeAdd = _ =>
            {
                if (left-- <= 0)
                    throw new IOException("The host is gone.");
            };
            try
            {
                await crashing.RederiveAsync(Whole(checkpoint, Rows(0, 12, quantity: 5)), _never);
            }
            catch (IOException)
            {
                // As meant.
            }

            lake.Memory.BeforeAdd = _ => { };
            using var next = lake.Host();
            checkpoint = await TestLake.TakeAsync(next);
            await next.RederiveAsync(Whole(checkpoint, Rows(0, 12, quantity: 5)), _never);
            (await lake.StockAsync()).ShouldBe(expected, $"{survived} writes survived");
            await Should.ThrowAsync<FencedException>(() => crashing.RederiveAsync(Whole(checkpoint with { Fence = checkpoint.Fence - 1 }, Rows(0, 12, quantity: 7)), _never));
            (await lake.StockAsync()).ShouldBe(expected, $"{survived} writes survived");
        }
    }

    /// <summary>Received and sold of A, B and C in turns; another day's code finds other quantities in the same events.</summary>
    private static RecordedEvent[] Rows(int from, int to, int quantity) =>
        [.. Enumerable.Range(from, to - from).Select(offset => offset % 2 == 0 ? Some.Received($"{"ABC"[offset % 3]}", offset, quantity) : Some.Sold($"{"ABC"[offset % 3]}", offset, quantity))];

    private static IEnumerable<RecordedEvent> OfA(IEnumerable<RecordedEvent> events) => events.Where(recorded => recorded.AggregateId == "A");

    private static EventBatch Whole(Checkpoint checkpoint, IEnumerable<RecordedEvent> events) =>
        Some.Batch(checkpoint, [.. OfA(events)], nextOffset: checkpoint.NextOffset) with { IsRedrive = true, Mode = SinkMode.Replay };
}
