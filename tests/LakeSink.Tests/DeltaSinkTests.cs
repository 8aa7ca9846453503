using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Reading;
using Streaming.LakeSink.Positions;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tests;

public sealed class DeltaSinkTests
{
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly TestLake _lake = new();

    [Fact]
    public async Task Rows_and_position_are_there_after_a_write()
    {
        var events = Mixed(0, 20);
        using var sink = await _lake.WriteAsync(events);

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(events));
        (await _lake.CompleteAsync("inventory_stock_sold")).ShouldBe(20);
        using var next = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(next);
        checkpoint.NextOffset.ShouldBe(20);
        checkpoint.Fence.ShouldBe(2);
        checkpoint.Group.ShouldBe(new GroupOffsets(null, 20));
        (await new GenerationPointer(_lake.Store).ReadAsync(_never)).ShouldBeNull();
        await next.PrepareAsync(_never);
        (await new GenerationPointer(_lake.Store).ReadAsync(_never))!.Generation.ShouldBe(1);
    }

    [Fact]
    public async Task What_comes_again_adds_nothing()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, Mixed(0, 10)), _never);
        await sink.WriteAsync(Some.Batch(checkpoint, Mixed(0, 10)), _never);
        await sink.WriteAsync(Some.Batch(checkpoint, Mixed(4, 12)), _never);

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 16)));
    }

    [Fact]
    public async Task A_crash_between_the_tables_commits_doubles_nothing_and_loses_nothing()
    {
        for (var survived = 0; survived < 6; survived++)
        {
            var lake = new TestLake();
            await lake.WriteAsync(Mixed(0, 10));
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
                await crashing.WriteAsync(Some.Batch(checkpoint, Mixed(10, 10)), _never);
            }
            catch (IOException)
            {
                // As it was to be.
            }
            lake.Memory.BeforeAdd = _ => { };

            using var next = lake.Host();
            var resumed = await TestLake.TakeAsync(next);
            await next.WriteAsync(Some.Batch(resumed, Mixed((int)resumed.NextOffset, 25 - (int)resumed.NextOffset)), _never);
            (await lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 25)), $"{survived} commits survived");
        }
    }

    [Fact]
    public async Task The_same_batch_is_tried_again_after_a_failure()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        var fails = true;
        _lake.Memory.BeforeAdd = path =>
        {
            if (fails && path.Contains("stock_sold/_delta_log"))
                throw new IOException("The line is cut.");
        };
        var batch = Some.Batch(checkpoint, Mixed(0, 10));
        var failure = await Should.ThrowAsync<Exception>(sink.WriteAsync(batch, _never));
        sink.IsTransient(failure).ShouldBeTrue();
        fails = false;
        await sink.WriteAsync(batch, _never);
        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 10)));
    }

    [Fact]
    public async Task What_a_zombie_does_is_refused()
    {
        using var zombie = _lake.Host();
        var old = await TestLake.TakeAsync(zombie);
        await zombie.WriteAsync(Some.Batch(old, Mixed(0, 5)), _never);
        using var owner = await _lake.WriteAsync(Mixed(5, 5));

        await Should.ThrowAsync<FencedException>(zombie.WriteAsync(Some.Batch(old, Mixed(5, 9)), _never));
        await Should.ThrowAsync<FencedException>(zombie.RecordGroupAsync(Some.Source(), old.Fence, new GroupOffsets(3, 3), _never));
        await Should.ThrowAsync<FencedException>(zombie.ResetAsync(new Reset(Some.Source(), 5, 0, old.Fence, new GroupOffsets(0, 0)), _never));
        await Should.ThrowAsync<FencedException>(zombie.EraseAsync(Some.Source(), old.Fence, [TestLake.Erased("A")], _never));

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 10)));
    }

    [Fact]
    public async Task A_zombie_that_was_overtaken_within_a_write_leaves_nothing_twice()
    {
        for (var at = 0; at < 3; at++)
        {
            var lake = new TestLake();
            using var zombie = lake.Host();
            var old = await TestLake.TakeAsync(zombie);
            await zombie.WriteAsync(Some.Batch(old, Mixed(0, 5)), _never);
            DeltaSink? owner = null;
            var left = at;
            lake.Memory.BeforeAdd = _ =>
            {
                if (left-- != 0)
                    return;
                // Here the zombie's process stood still.
                owner = lake.Host();
                var taken = TestLake.TakeAsync(owner).GetAwaiter().GetResult();
                owner.WriteAsync(Some.Batch(taken, Mixed((int)taken.NextOffset, 9 - (int)taken.NextOffset)), _never).GetAwaiter().GetResult();
            };
            await Should.ThrowAsync<Exception>(zombie.WriteAsync(Some.Batch(old, Mixed(5, 12)), _never));

            using var last = lake.Host();
            var resumed = await TestLake.TakeAsync(last);
            await last.WriteAsync(Some.Batch(resumed, Mixed((int)resumed.NextOffset, 20 - (int)resumed.NextOffset)), _never);
            (await lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 20)), $"overtaken at {at}");
            owner!.Dispose();
        }
    }

    [Fact]
    public async Task A_reset_derives_everything_from_there_on_again()
    {
        using var sink = await _lake.WriteAsync(Mixed(0, 10));
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, Mixed(10, 10)), _never);

        var reset = await sink.ResetAsync(new Reset(Some.Source(), 20, 7, checkpoint.Fence, new GroupOffsets(7, 7)), _never);

        reset.ShouldBe(checkpoint with { NextOffset = 7, Epoch = 2, Group = new GroupOffsets(7, 7), ReplayUntil = 20 });
        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 7)));
        // Today's code derives other rows of the same events.
        await sink.WriteAsync(Some.Batch(reset, Mixed(7, 20, quantity: 50)), _never);
        (await _lake.StockAsync()).ShouldBe(TestLake.Stock([.. Mixed(0, 7), .. Mixed(7, 20, quantity: 50)]));
    }

    [Fact]
    public async Task A_reset_that_was_cut_off_is_finished_by_who_comes_next()
    {
        for (var survived = 0; survived < 4; survived++)
        {
            var lake = new TestLake();
            using var sink = await lake.WriteAsync(Mixed(0, 20));
            var checkpoint = await TestLake.TakeAsync(sink);
            var left = survived;
            lake.Memory.BeforeAdd = _ =>
            {
                if (left-- <= 0)
                    throw new IOException("The host is gone.");
            };
            try
            {
                await sink.ResetAsync(new Reset(Some.Source(), 20, 7, checkpoint.Fence, new GroupOffsets(7, 7)), _never);
            }
            catch (IOException)
            {
                // As it was to be.
            }
            lake.Memory.BeforeAdd = _ => { };

            using var next = lake.Host();
            var resumed = await TestLake.TakeAsync(next);
            resumed.NextOffset.ShouldBe(survived == 0 ? 20 : 7);
            if (survived > 0)
                (await lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 7)), $"{survived} survived");
        }
    }

    [Fact]
    public async Task A_reset_leaves_other_partitions_alone()
    {
        using var sink = await _lake.WriteAsync(Mixed(0, 10));
        var other = await TestLake.TakeAsync(sink, Some.Source(partition: 3));
        await sink.WriteAsync(Some.Batch(other, Mixed(0, 10, partition: 3), Some.Source(partition: 3)), _never);
        await Compaction.RunAsync(new DeltaTable(_lake.Store, "g1/inventory_stock_sold", _lake.Time), new(FilesMin: 2), _never);

        await sink.ResetAsync(new Reset(Some.Source(partition: 3), 10, 2, other.Fence, new GroupOffsets(2, 2)), _never);

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock([.. Mixed(0, 10), .. Mixed(0, 2, partition: 3)]));
    }

    [Fact]
    public async Task A_reset_forward_removes_nothing()
    {
        using var sink = await _lake.WriteAsync(Mixed(0, 10));
        var checkpoint = await TestLake.TakeAsync(sink);
        var reset = await sink.ResetAsync(new Reset(Some.Source(), 10, 15, checkpoint.Fence, new GroupOffsets(15, 15)), _never);
        reset.SkippedBefore.ShouldBe(15);
        reset.NextOffset.ShouldBe(15);
        (await _lake.StockAsync()).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Erased_aggregates_leave_no_row_and_no_byte()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        for (var i = 0; i < 3; i++)
            await sink.WriteAsync(Some.Batch(checkpoint, Mixed(i * 10, 10)), _never);
        await Compaction.RunAsync(new DeltaTable(_lake.Store, "g1/inventory_stock_sold", _lake.Time), new(FilesMin: 2), _never);

        await sink.EraseAsync(Some.Source(), checkpoint.Fence, [TestLake.Erased("A")], _never);
        await sink.EraseAsync(Some.Source(), checkpoint.Fence, [TestLake.Erased("A")], _never);

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 30).Where(recorded => recorded.AggregateId != "A")));
        (await _lake.ErasuresAsync()).ShouldBe(["A|9|asked for by its owner"]);
        foreach (var path in _lake.Memory.Paths.Where(path => path.Contains("inventory_stock") && path.EndsWith(".parquet") && !path.Contains("checkpoint")))
            Lake.Tests.Support.Rows.Of(ParquetFile.Open((await _lake.Store.ReadAsync(path, _never))!.Value)).ShouldAllBe(row => row["_aggregate_id"]!.GetValue<string>() != "A", path);

        // Another host hears of it again when it takes the partition, and has nothing to do.
        using var next = _lake.Host();
        var taken = await TestLake.TakeAsync(next);
        var paths = _lake.Memory.Paths.Count();
        await next.EraseAsync(Some.Source(), taken.Fence, [TestLake.Erased("A")], _never);
        _lake.Memory.Paths.Count().ShouldBe(paths);
    }

    [Fact]
    public async Task Dead_letters_are_added_later_and_once()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, [.. Mixed(0, 10).Where(recorded => recorded.Offset is not 4 and not 6)]), _never);

        var redrive = Some.Batch(checkpoint, [Mixed(0, 10)[4]], nextOffset: 10) with { IsRedrive = true };
        await sink.WriteAsync(redrive, _never);
        await sink.WriteAsync(redrive, _never);

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 10).Where(recorded => recorded.Offset != 6)));
        using var next = _lake.Host();
        (await TestLake.TakeAsync(next)).NextOffset.ShouldBe(10);
        (await _lake.CompleteAsync("inventory_stock_received")).ShouldBe(10);
    }

    [Fact]
    public async Task A_dead_letter_that_a_zombie_adds_at_the_same_moment_is_there_once()
    {
        using var zombie = _lake.Host();
        var old = await TestLake.TakeAsync(zombie);
        await zombie.WriteAsync(Some.Batch(old, [.. Mixed(0, 10).Where(recorded => recorded.Offset != 4)]), _never);
        using var owner = _lake.Host();
        var taken = await TestLake.TakeAsync(owner);
        var isDue = true;
        _lake.Memory.BeforeAdd = path =>
        {
            if (!isDue || !path.Contains("stock_received/_delta_log"))
                return;
            isDue = false;
            Should.Throw<FencedException>(() => zombie.WriteAsync(Redrive(old), _never).GetAwaiter().GetResult());
        };

        await Should.ThrowAsync<FencedException>(owner.WriteAsync(Redrive(taken), _never));
        using var again = _lake.Host();
        await again.WriteAsync(Redrive(await TestLake.TakeAsync(again)), _never);

        (await _lake.StockAsync()).ShouldBe(TestLake.Stock(Mixed(0, 10)));
    }

    [Fact]
    public async Task What_was_erased_is_kept_in_few_files_too()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        for (var i = 0; i < 10; i++)
            await sink.EraseAsync(Some.Source(), checkpoint.Fence, [TestLake.Erased($"sku-{i}")], _never);
        var before = await _lake.ErasuresAsync();

        var erasures = sink.Maintained.Single(maintained => maintained.Name == "erasures").Table;
        (await Compaction.RunAsync(erasures, new(), _never)).ShouldBe(10);
        (await _lake.ErasuresAsync()).ShouldBe(before, ignoreOrder: true);
        before.Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_table_without_new_rows_says_how_far_it_is()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        await sink.WriteAsync(Some.Batch(checkpoint, Mixed(0, 2)), _never);
        _lake.Options.PositionIntervalMs = 0;
        await sink.WriteAsync(Some.Batch(checkpoint, [Some.Received("A", 2), Some.Received("A", 3)]), _never);
        (await _lake.CompleteAsync("inventory_stock_sold")).ShouldBe(4);
    }

    [Fact]
    public async Task A_position_of_another_cluster_is_left_alone()
    {
        using var sink = await _lake.WriteAsync(Mixed(0, 3));
        using var lost = _lake.Host();
        (await TestLake.TakeAsync(lost, Some.Source(cluster: "cluster-2"))).ShouldSatisfyAllConditions(found => found.ClusterId.ShouldBe("cluster-1"), found => found.Fence.ShouldBe(1));
        await sink.WriteAsync(Some.Batch(await TestLake.TakeAsync(sink), Mixed(3, 3)), _never);
    }

    [Fact]
    public async Task Positions_don_t_pile_up()
    {
        using var sink = _lake.Host();
        var checkpoint = await TestLake.TakeAsync(sink);
        for (var i = 0; i < 40; i++)
            await sink.RecordGroupAsync(Some.Source(), checkpoint.Fence, new GroupOffsets(i, i), _never);
        _lake.Memory.Paths.Count(path => path.Contains("_positions")).ShouldBeLessThan(20);
    }

    [Fact]
    public async Task The_pointer_moves_for_one_of_two()
    {
        var pointer = new GenerationPointer(_lake.Store);
        (await pointer.TrySwapAsync(null, 1, _never)).ShouldBeTrue();
        var first = (await pointer.ReadAsync(_never))!;
        (await pointer.TrySwapAsync(first, 2, _never)).ShouldBeTrue();
        (await pointer.TrySwapAsync(first, 3, _never)).ShouldBeFalse();
        (await pointer.TryDropAsync(first, 2, _never)).ShouldBeFalse();
        var second = (await pointer.ReadAsync(_never))!;
        (second.Generation, second.Version).ShouldBe((2, 2));
    }

    /// <summary>Events of two types and three products, by turns.</summary>
    private static RecordedEvent[] Mixed(int first, int count, int quantity = 1, int partition = 0) => [.. Enumerable.Range(first, Math.Max(0, count)).Select(offset =>
    {
        var sku = ((char)('A' + (offset % 3))).ToString();
        return offset % 2 == 0 ? Some.Received(sku, offset, offset + quantity, partition) : Some.Sold(sku, offset, offset + quantity, partition);
    })];

    private static EventBatch Redrive(Checkpoint checkpoint) => Some.Batch(checkpoint, [Mixed(0, 10)[4]], nextOffset: 10) with { IsRedrive = true };
}
