using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Streaming.Lake.Delta;
using Streaming.LakeSink.Maintenance;
using Streaming.LakeSink.Positions;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tests;

/// <summary>What happens to a generation beside its being filled: dropped under a writer, left half by a crash, opened twice, compared while files go.</summary>
public sealed class DroppedGenerationTests
{
    private const string Sold = "inventory_stock_sold";
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly TestLake _lake = new();

    [Fact]
    public async Task A_late_writer_does_not_bring_a_dropped_generation_back()
    {
        using var first = await FillAsync(1, 20);
        using var late = (DeltaSink)_lake.Generations().Open(2);
        await late.PrepareAsync(_never);
        var checkpoint = await TestLake.TakeAsync(late);
        await late.WriteAsync(Some.Batch(checkpoint, Events(0, 20)), _never);
        using var generations = _lake.Generations();
        await generations.DropAsync(2, _never);

        await late.WriteAsync(Some.Batch(checkpoint, Events(20, 20)), _never);

        (await generations.ListAsync(_never)).ShouldBe([1]);
        await Should.ThrowAsync<InvalidOperationException>(generations.SwapAsync(2, _never));
        await Should.ThrowAsync<InvalidOperationException>(generations.CompareAsync(1, 2, 5, _never));
        await Should.ThrowAsync<InvalidOperationException>(TestLake.TakeAsync(late));
        await Should.ThrowAsync<InvalidOperationException>(generations.Open(2).PrepareAsync(_never));
        (await generations.SweepAsync(_never)).ShouldBe([2]);
        _lake.Memory.Paths.ShouldNotContain(path => path.StartsWith("g2/"));
    }

    [Fact]
    public async Task Half_of_a_dropped_generation_that_a_crash_has_left_is_removed_and_never_filled()
    {
        var store = new BreakingStore(_lake.Memory) { BreaksAtDelete = true };
        var lake = new TestLake(store);
        using var first = await FillAsync(1, 20, lake);
        using var second = await FillAsync(2, 20, lake);
        using var generations = lake.Generations();

        await Should.ThrowAsync<IOException>(generations.DropAsync(2, _never));

        _lake.Memory.Paths.ShouldContain(path => path.StartsWith("g2/"));
        (await generations.ListAsync(_never)).ShouldBe([1]);
        await Should.ThrowAsync<InvalidOperationException>(generations.SwapAsync(2, _never));
        await Should.ThrowAsync<InvalidOperationException>(generations.Open(2).PrepareAsync(_never));
        store.BreaksAtDelete = false;
        await generations.DropAsync(2, _never);
        _lake.Memory.Paths.ShouldNotContain(path => path.StartsWith("g2/"));
    }

    [Fact]
    public async Task Of_a_swap_to_a_generation_and_its_drop_one_is_refused()
    {
        using var first = await FillAsync(1, 20);
        using var second = await FillAsync(2, 20);
        using var generations = _lake.Generations();
        // The other has read the pointer too, and is quicker.
        _lake.Memory.BeforeAdd = Once("_current/", () => generations.SwapAsync(2, _never));
        await Should.ThrowAsync<InvalidOperationException>(generations.DropAsync(2, _never));
        (await generations.ListAsync(_never)).ShouldBe([1, 2]);

        _lake.Memory.BeforeAdd = Once("_current/", () => generations.DropAsync(1, _never));
        await Should.ThrowAsync<InvalidOperationException>(generations.SwapAsync(1, _never));
        (await generations.CurrentAsync(_never)).ShouldBe(2);
        (await generations.ListAsync(_never)).ShouldBe([2]);
    }

    [Fact]
    public async Task A_host_does_not_drop_what_it_is_configured_to_write()
    {
        using var first = await FillAsync(1, 20);
        using var second = await FillAsync(2, 20);
        _lake.Options.Generation = 2;
        using var generations = _lake.Generations();

        await Should.ThrowAsync<InvalidOperationException>(generations.DropAsync(2, _never));

        (await generations.ListAsync(_never)).ShouldBe([1, 2]);
        await generations.DropAsync(7, _never);
        (await new GenerationPointer(_lake.Store).ReadAsync(_never))!.Dropped.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_generation_that_is_opened_again_is_seen_to_and_one_that_is_disposed_is_left_alone()
    {
        using var own = await FillAsync(1, 20);
        using var generations = _lake.Generations();
        var opened = (DeltaSink)generations.Open(2);
        generations.Open(2).ShouldBeSameAs(opened);
        opened.Dispose();
        generations.Opened.ShouldBeEmpty();

        using var again = (DeltaSink)generations.Open(2);
        await again.PrepareAsync(_never);
        var checkpoint = await TestLake.TakeAsync(again);
        for (var batch = 0; batch < 4; batch++)
            await again.WriteAsync(Some.Batch(checkpoint, Events(batch * 10, 10)), _never);
        (await FilesAsync(2)).ShouldBe(4);
        _lake.Options.SmallFilesMin = 2;
        using var maintenance = new LakeMaintenance(own, generations, new OptionsWrapper<LakeOptions>(_lake.Options), _lake.Time, NullLogger<LakeMaintenance>.Instance);
        await maintenance.MaintainAsync(_never);
        (await FilesAsync(2)).ShouldBe(1);

        await generations.DropAsync(2, _never);
        generations.Opened.ShouldBeEmpty();
        await maintenance.MaintainAsync(_never);
        _lake.Memory.Paths.ShouldNotContain(path => path.StartsWith("g2/"));
    }

    [Fact]
    public async Task A_comparison_repeats_only_the_table_that_lost_a_file()
    {
        var store = new BreakingStore(_lake.Memory);
        var lake = new TestLake(store);
        using var first = await FillAsync(1, 40, lake);
        using var second = await FillAsync(2, 40, lake);
        using var generations = lake.Generations();
        // As often as there may be tries in all, but never of one table: reading each file fails twice.
        store.ReadsLost = 2;

        (await generations.CompareAsync(1, 2, 5, _never)).IsEqual.ShouldBeTrue();

        store.Lost.Values.Count(times => times == 2).ShouldBe(4);
        store.ReadsLost = int.MaxValue;
        await Should.ThrowAsync<MissingFileException>(generations.CompareAsync(1, 2, 5, _never));
    }

    [Fact]
    public async Task A_partition_that_one_of_them_has_not_begun_is_no_proof()
    {
        using var first = await FillAsync(1, 20);
        using var second = (DeltaSink)_lake.Generations().Open(2);
        await second.PrepareAsync(_never);
        using var generations = _lake.Generations();

        var compared = await generations.CompareAsync(1, 2, 5, _never);

        compared.IsEqual.ShouldBeFalse();
        compared.Parts.ShouldAllBe(part => part.Columns.Single() == "inventory.events-0 was not compared: generation 2 has not begun it");
    }

    private async Task<DeltaSink> FillAsync(int generation, int count, TestLake? lake = null)
    {
        var sink = (DeltaSink)(lake ?? _lake).Generations().Open(generation);
        await sink.PrepareAsync(_never);
        await sink.WriteAsync(Some.Batch(await TestLake.TakeAsync(sink), Events(0, count)), _never);
        return sink;
    }

    private static List<RecordedEvent> Events(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(offset => offset % 2 == 0 ? Some.Received($"sku-{offset % 7}", offset) : Some.Sold($"sku-{offset % 7}", offset))];

    private async Task<int> FilesAsync(int generation) => (await new DeltaLog(_lake.Store, $"g{generation}/{Sold}/").ReadAsync(version: null, _never)).Files.Count;

    private static Action<string> Once(string folder, Func<Task> deed)
    {
        var isDone = false;
        return path =>
        {
            if (isDone || !path.StartsWith(folder, StringComparison.Ordinal))
                return;
            isDone = true;
            deed().GetAwaiter().GetResult();        // All of it in memory: nothing is waited for.
        };
    }
}
