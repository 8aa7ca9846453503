using System.Text;
using Streaming.Contracts.Control;
using Streaming.ElasticSink.Accounts;
using Streaming.ElasticSink.Generations;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Fixtures;
using Streaming.Sinks;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Tests.Generations;

/// <summary>Generations side by side: derived, proved equal or not, shown, dropped.</summary>
public abstract class GenerationSuite(ServerFixture server) : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly List<RecordedEvent> _events = Some.StockEvents(productCount: 20, eventCount: 200);

    private protected Destination To { get; } = new(server.Url);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => To.DisposeAsync();

    [ConformanceFact]
    public async Task What_the_same_code_derives_from_the_same_log_is_equal_and_whatever_either_has_changed_since_has_moved()
    {
        (await To.Generations.CurrentAsync(Never)).ShouldBeNull();
        (await To.Generations.ListAsync(Never)).ShouldBeEmpty();
        await FillAsync(1, _events.Count, cut: 60);
        await FillAsync(2, 170, cut: 31);
        (await To.Generations.CurrentAsync(Never)).ShouldBe(1);
        (await To.Generations.ListAsync(Never)).ShouldBe([1, 2]);
        To.Generations.Open(2).Name.ShouldBe(SinkNames.OfGeneration("elastic-sink", 2));

        var (behind, part) = await CompareAsync();
        behind.IsEqual.ShouldBeTrue();
        // The last 30 events are the newest of all twenty products.
        (part.LeftCount, part.RightCount, part.MovedCount, part.Partitions.Single().ComparedBelow).ShouldBe((0, 0, 20, 170));
        await FillAsync(2, 190, cut: 7);
        (behind, part) = await CompareAsync();
        behind.IsEqual.ShouldBeTrue();
        (part.LeftCount, part.RightCount, part.MovedCount).ShouldBe((10, 10, 10));
        await FillAsync(2, _events.Count, cut: 7);
        (var whole, part) = await CompareAsync();
        whole.IsEqual.ShouldBeTrue();
        (part.LeftCount, part.RightCount, part.MovedCount).ShouldBe((20, 20, 0));
        part.Partitions.Single().Left.ShouldNotBeNull();
        whole.Parts.Select(one => one.Name).ShouldBe(["account-movements", "accounts", "fulfilments", "orders", "products"]);
    }

    [ConformanceFact]
    public async Task A_corrupted_a_missing_and_an_extra_document_are_found()
    {
        await FillAsync(1, _events.Count, cut: 60);
        await FillAsync(2, _events.Count, cut: 60);
        var index = Products.Model.IndexOf(To.Settings.Of(2));
        var corrupted = await To.SourceAsync(index, "SKU-3");
        corrupted["onHand"] = 4711;
        await To.PutAsync(index, "SKU-3", corrupted);
        await To.Client.DeleteAsync($"{index}/_doc/SKU-5", Never);
        var extra = await To.SourceAsync(index, "SKU-7");
        extra["sku"] = "SKU-extra";
        await To.PutAsync(index, "SKU-extra", extra);
        await To.PutAsync(index, "SKU-8-again", await To.SourceAsync(index, "SKU-8"));
        await To.PutAsync(index, "nothing", []);

        var (comparison, part) = await CompareAsync(examplesMax: 10);
        comparison.IsEqual.ShouldBeFalse();
        part.Counts.ShouldBe(new Dictionary<DifferenceKind, long> { [DifferenceKind.Missing] = 1, [DifferenceKind.Added] = 2, [DifferenceKind.Doubled] = 1, [DifferenceKind.Changed] = 1 }, ignoreOrder: true);
        part.Partitions.ShouldContain(partition => partition.Topic == Some.Stock && !partition.IsEqual);
        part.Examples.Select(example => (example.Key, example.Kind)).ShouldBe(
        [
            ("SKU-3", DifferenceKind.Changed), ("SKU-5", DifferenceKind.Missing), ("SKU-8", DifferenceKind.Doubled), ("SKU-extra", DifferenceKind.Added), ("", DifferenceKind.Added),
        ]);
        (part.Examples[0].Left, part.Examples[0].Right).ShouldBe(("""{"onHand":36}""", """{"onHand":4711}"""));
        part.Examples[1].Left!.ShouldContain("Widget number 5");
        part.Examples[1].Right.ShouldBeNull();
        (await CompareAsync(examplesMax: 2)).Part.Examples.Count.ShouldBe(2);
    }

    [ConformanceFact]
    public async Task Documents_under_one_key_are_found_wherever_pages_end()
    {
        await FillAsync(1, 20, cut: 20);
        var index = Products.Model.IndexOf(To.Settings);
        foreach (var number in Enumerable.Range(0, 20))
            await To.PutAsync(index, $"copy-{number}", await To.SourceAsync(index, $"SKU-{number}"));
        (await To.Client.SendAsync(HttpMethod.Post, $"{index}/_refresh", default, Never)).Dispose();
        foreach (var pageSize in new[] { 3, 4, 5, 40, 41 })
        {
            var counts = new List<int>();
            await foreach (var group in new IndexScan(To.Client, index, Products.Model.Key, pageSize).ReadAsync(Never))
                counts.Add(group.Hits.Count);
            counts.ShouldBe(Enumerable.Repeat(2, 20), $"pages of {pageSize}");
        }
    }

    [ConformanceFact]
    public async Task What_changed_code_derives_is_counted_and_what_only_it_has_is_named_and_not_compared()
    {
        await FillAsync(1, _events.Count, cut: 60);
        await FillAsync(2, _events.Count, cut: 60);
        var index = Products.Model.IndexOf(To.Settings.Of(2));
        (await To.Client.SendAsync(HttpMethod.Put, $"{index}/_mapping", """{"properties":{"colour":{"type":"keyword"}}}"""u8.ToArray(), Never)).Dispose();
        foreach (var number in Enumerable.Range(0, 20))
        {
            var document = await To.SourceAsync(index, $"SKU-{number}");
            document["colour"] = "red";
            await To.PutAsync(index, $"SKU-{number}", document);
        }

        var (_, part) = await CompareAsync();
        part.Columns.ShouldBe(["colour: only on the right (keyword)"]);
        part.Counts.ShouldBeEmpty();
        part.Partitions.ShouldAllBe(partition => partition.IsEqual);
        part.IsEqual.ShouldBeFalse();

        foreach (var number in Enumerable.Range(0, 20))
        {
            var document = await To.SourceAsync(index, $"SKU-{number}");
            document["available"] = 0;
            await To.PutAsync(index, $"SKU-{number}", document);
        }

        part = (await CompareAsync()).Part;
        part.Counts.ShouldBe(new Dictionary<DifferenceKind, long> { [DifferenceKind.Changed] = 20 });
        part.Examples.Select(example => example.Right).ShouldAllBe(right => right == """{"available":0}""");
    }

    [ConformanceFact]
    public async Task A_swap_is_seen_by_a_search_as_a_whole()
    {
        foreach (var generation in new[] { 1, 2 })
        {
            await FillAsync(generation, _events.Count, cut: 200);
            await FillAccountsAsync(generation);
            foreach (var model in Models.Indices)
                (await To.Client.SendAsync(HttpMethod.Post, $"{model.IndexOf(To.Settings.Of(generation))}/_refresh", default, Never)).Dispose();
        }

        using var swapped = new CancellationTokenSource();
        var seen = new HashSet<int>();
        var reading = Task.Run(async () =>
        {
            while (!swapped.IsCancellationRequested)
                seen.Add(await GenerationSeenAsync());
        });
        for (var round = 0; round < 12; round++)
        {
            var shown = (round % 2) + 1;
            await To.Generations.SwapAsync(shown, Never);
            await To.Generations.SwapAsync(shown, Never);
            (await To.Generations.CurrentAsync(Never)).ShouldBe(shown);
            (await GenerationSeenAsync()).ShouldBe(shown);
        }

        await swapped.CancelAsync();
        await reading;
        seen.ShouldBeSubsetOf([1, 2]);
        await Should.ThrowAsync<InvalidOperationException>(() => To.Generations.SwapAsync(3, Never));
    }

    [ConformanceFact]
    public async Task A_generation_is_dropped_with_its_positions_and_never_the_one_that_readers_see()
    {
        await FillAsync(1, _events.Count, cut: 60);
        await FillAsync(2, _events.Count, cut: 60);
        (await Should.ThrowAsync<InvalidOperationException>(() => To.Generations.DropAsync(1, Never))).Message.ShouldContain("is what readers see");
        await To.Generations.SwapAsync(2, Never);
        await To.Generations.DropAsync(1, Never);
        await To.Generations.DropAsync(1, Never);
        (await To.Generations.ListAsync(Never)).ShouldBe([2]);
        (await To.Checkpoints.ListAsync(Never)).Select(checkpoint => checkpoint.Generation).Distinct().ShouldBe([2]);
        await Should.ThrowAsync<InvalidOperationException>(() => To.Generations.CompareAsync(1, 2, 3, Never));

        // The same number again, from the log's beginning.
        await FillAsync(1, _events.Count, cut: 60);
        (await CompareAsync()).Whole.IsEqual.ShouldBeTrue();
        (await To.Generations.CurrentAsync(Never)).ShouldBe(2);
    }

    [ConformanceFact]
    public async Task What_an_interrupted_drop_or_another_build_left_is_not_filled()
    {
        await FillAsync(1, 20, cut: 20);
        await FillAsync(2, 20, cut: 20);
        await To.Client.DeleteAsync(Products.Model.IndexOf(To.Settings.Of(2)), Never);
        (await Should.ThrowAsync<InvalidOperationException>(() => To.SinkAsync(generation: 2))).Message.ShouldContain("has positions in the log, but no index");
        await To.Generations.DropAsync(2, Never);
        await FillAsync(2, 20, cut: 20);

        var other = AccountModel.Model with { MappingVersion = 9 };
        var name = other.IndexOf(To.Settings.Of(3));
        (await To.Client.SendAsync(HttpMethod.Put, name, Encoding.UTF8.GetBytes(other.Definition(3)), Never)).Dispose();
        (await Should.ThrowAsync<InvalidOperationException>(() => To.SinkAsync(generation: 3))).Message.ShouldContain("has mapping 9");
        (await To.Generations.ListAsync(Never)).ShouldBe([1, 2, 3]);
        await To.Generations.DropAsync(3, Never);
        (await To.Generations.ListAsync(Never)).ShouldBe([1, 2]);
    }

    [ConformanceFact]
    public async Task Another_installation_whose_prefix_begins_with_ours_is_left_alone()
    {
        await FillAsync(1, 20, cut: 20);
        var theirs = Products.Model.IndexOf(new ElasticOptions { IndexPrefix = To.Settings.IndexPrefix + "test-", Generation = 2 });
        (await To.Client.SendAsync(HttpMethod.Put, theirs, Encoding.UTF8.GetBytes(Products.Model.Definition(2)), Never)).Dispose();
        try
        {
            (await To.Generations.ListAsync(Never)).ShouldBe([1]);
            await To.Generations.DropAsync(2, Never);
            using var there = await To.Client.TryGetAsync(theirs, Never);
            there.ShouldNotBeNull();
        }
        finally
        {
            await To.Client.DeleteAsync(theirs, Never);
        }
    }

    private async Task<(GenerationComparison Whole, PartComparison Part)> CompareAsync(int examplesMax = 3)
    {
        var whole = await To.Generations.CompareAsync(1, 2, examplesMax, Never);
        return (whole, whole.Parts.Single(part => part.Name == "products"));
    }

    /// <summary>Goes on from where the generation is, to before this event.</summary>
    private async Task FillAsync(int generation, int end, int cut)
    {
        var sink = await To.SinkAsync(generation);
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        for (var next = (int)checkpoint.NextOffset; next < end; next += cut)
            await sink.WriteAsync(Some.Batch(checkpoint, _events.GetRange(next, Math.Min(cut, end - next))), Never);
    }

    private async Task FillAccountsAsync(int generation)
    {
        var (sink, source) = (await To.SinkAsync(generation), Some.Source(Some.Accounts));
        await sink.WriteAsync(Some.Batch(await Destination.TakeAsync(sink, source), Some.AccountEvents("12345")), Never);
    }

    /// <summary>The only generation in the hits of one search over several aliases.</summary>
    private async Task<int> GenerationSeenAsync()
    {
        var aliases = string.Join(',', new[] { Products.Model, AccountModel.Model, AccountModel.Movements.Naming }.Select(model => model.AliasOf(To.Settings)));
        using var answer = await To.Client.SendAsync(HttpMethod.Post, $"{aliases}/_search", """{"size":100,"_source":false}"""u8.ToArray(), Never);
        var indices = answer.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_index").GetString()!).ToList();
        indices.Count.ShouldBe(24);
        return indices.Select(index => int.Parse(index.AsSpan(index.LastIndexOf("-g", StringComparison.Ordinal) + 2, 1))).Distinct().ShouldHaveSingleItem();
    }
}
