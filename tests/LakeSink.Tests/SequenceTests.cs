using System.Collections.Frozen;
using Streaming.Contracts.Envelope;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tests;

/// <summary>An aggregate's events count 1, 2, 3: what leaves a gap or contradicts is not taken, whichever host is asked.</summary>
public sealed class SequenceTests
{
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly TestLake _lake = new() { Options = { JudgesSequences = true, SequencesSavedEveryEvents = 4 } };

    [Fact]
    public async Task A_gap_stops_the_partition_and_nothing_of_the_batch_is_written()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 1, 0), Event("B", 1, 1)]), _never);

        var gap = await Should.ThrowAsync<PoisonEventException>(sink.WriteAsync(Some.Batch(checkpoint, [Event("B", 2, 2), Event("A", 3, 3)]), _never));

        (gap.Offset, gap.IsDamage).ShouldBe((3L, true));
        gap.Message.ShouldContain("A has sequence 3 where 2 was due");
        (await _lake.StockAsync()).Count.ShouldBe(2);
        // What lies before it is written without it, and judged as if it came for the first time.
        await sink.WriteAsync(Some.Batch(checkpoint, [Event("B", 2, 2)], nextOffset: 3), _never);
        (await _lake.StockAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_key_that_comes_again_adds_nothing_when_it_says_the_same_and_stops_when_it_does_not()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 1, 0), Event("A", 2, 1)]), _never);

        await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 2, 2, hash: 1)]), _never);
        (await _lake.StockAsync()).Count.ShouldBe(2);
        var conflict = await Should.ThrowAsync<PoisonEventException>(sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 2, 3, hash: 77)]), _never));
        conflict.IsDamage.ShouldBeTrue();
        conflict.Message.ShouldContain("A@2 was written before with another value");
        (await Should.ThrowAsync<PoisonEventException>(sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 1, 3, hash: 0)]), _never))).IsDamage.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]         // From the rows alone.
    [InlineData(4)]         // From what was saved.
    [InlineData(7)]         // From both.
    public async Task Another_host_knows_how_far_each_aggregate_is(int eventCount)
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        for (var i = 0; i < eventCount; i++)
            await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", i + 1, i)]), _never);

        using var next = _lake.Host();
        checkpoint = await TestLake.TakeAsync(next);
        await Should.ThrowAsync<PoisonEventException>(next.WriteAsync(Some.Batch(checkpoint, [Event("A", eventCount + 2, eventCount)]), _never));
        await next.WriteAsync(Some.Batch(checkpoint, [Event("A", eventCount + 1, eventCount), Event("B", 1, eventCount + 1)]), _never);
        (await _lake.StockAsync()).Count.ShouldBe(eventCount + 2);
    }

    [Fact]
    public async Task What_was_saved_and_cannot_be_read_counts_for_nothing()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        for (var i = 0; i < 6; i++)
            await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", i + 1, i)]), _never);
        var saved = _lake.Memory.Paths.Single(path => path.Contains("_sequences"));
        foreach (var bytes in new[] { await SavedBytesAsync() - 1, 20, 3, 0 })
        {
            await _lake.Store.WriteAsync(saved, (await _lake.Store.ReadAsync(saved, _never))!.Value[..bytes], _never);
            using var next = _lake.Host();
            checkpoint = await TestLake.TakeAsync(next);
            await Should.ThrowAsync<PoisonEventException>(next.WriteAsync(Some.Batch(checkpoint, [Event("A", 8, 6)]), _never));
        }
    }

    [Fact]
    public async Task What_was_left_out_by_decision_is_no_gap()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 1, 0), Event("B", 1, 1)]), _never);

        await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 3, 2)]) with { Discarded = new[] { new EventKey("A", 2) }.ToFrozenSet() }, _never);
        var skipped = await sink.ResetAsync(new Reset(Some.Source(), 3, 9, checkpoint.Fence, new GroupOffsets(9, 9)), _never);
        await sink.WriteAsync(Some.Batch(skipped, [Event("B", 4, 9)]), _never);
        await Should.ThrowAsync<PoisonEventException>(sink.WriteAsync(Some.Batch(skipped, [Event("B", 6, 10)]), _never));
        (await _lake.StockAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task After_a_reset_and_after_a_redrive_each_aggregate_goes_on_where_it_is()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        for (var i = 0; i < 10; i++)
            await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", i + 1, i)]), _never);
        checkpoint = await sink.ResetAsync(new Reset(Some.Source(), 10, 3, checkpoint.Fence, new GroupOffsets(3, 3)), _never);
        await Should.ThrowAsync<PoisonEventException>(sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 5, 4)]), _never));

        // The fourth was parked, and B went on.
        await sink.WriteAsync(Some.Batch(checkpoint, [Event("B", 1, 11), Event("B", 2, 12), Event("B", 3, 13), Event("B", 4, 14)]), _never);
        await sink.WriteAsync(Some.Batch(checkpoint, [Event("A", 4, 3)], nextOffset: 15) with { IsRedrive = true }, _never);
        using var next = _lake.Host();
        checkpoint = await TestLake.TakeAsync(next);
        await next.WriteAsync(Some.Batch(checkpoint, [Event("A", 5, 15)]), _never);
        (await _lake.StockAsync()).Count.ShouldBe(9);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_erased_aggregate()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, [.. Enumerable.Range(0, 10).Select(i => Event(i % 2 == 0 ? "A" : "B", (i / 2) + 1, i))]), _never);
        var before = await SavedBytesAsync();
        await sink.EraseAsync(Some.Source(), checkpoint.Fence, [TestLake.Erased("A")], _never);

        (await SavedBytesAsync()).ShouldBeLessThan(before);
        using var next = _lake.Host();
        checkpoint = await TestLake.TakeAsync(next);
        await next.WriteAsync(Some.Batch(checkpoint, [Event("B", 6, 10)]), _never);
    }

    private async Task<int> SavedBytesAsync() => (await _lake.Store.ReadAsync(_lake.Memory.Paths.Single(path => path.Contains("_sequences")), _never))!.Value.Length;

    private static RecordedEvent Event(string sku, long sequence, long offset, long? hash = null) =>
        Some.Received(sku, offset) with { Sequence = sequence, ContentHash = hash ?? offset };
}
