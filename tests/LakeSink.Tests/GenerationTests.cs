using Streaming.Contracts.Control;
using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tests;

/// <summary>Two lakes side by side: whether one is the other, where it is not, and which one is read.</summary>
public sealed class GenerationTests
{
    private const string Sold = "inventory_stock_sold";
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly TestLake _lake = new();

    [Fact]
    public async Task The_same_events_make_the_same_lake_however_they_were_cut_and_merged()
    {
        var events = Mixed(3_000, partition: 0).Concat(Mixed(500, partition: 1)).ToList();
        await FillAsync(1, events, batch: 170);
        await FillAsync(2, events, batch: 1_000);
        using (var table = new DeltaTable(_lake.Store, $"g1/{Sold}", _lake.Time))
            (await Compaction.RunAsync(table, new(FilesMin: 2), _never)).ShouldBeGreaterThan(4);

        var comparison = await _lake.Generations().CompareAsync(1, 2, 10, _never);

        comparison.IsEqual.ShouldBeTrue();
        comparison.Parts.Select(part => part.Name).ShouldBe(["inventory_stock_received", Sold]);
        comparison.Parts.Sum(part => part.LeftCount).ShouldBe(3_500);
        comparison.Parts.Sum(part => part.RightCount).ShouldBe(3_500);
        comparison.Parts.Sum(part => part.MovedCount).ShouldBe(0);
        comparison.Parts[0].Partitions.Select(partition => (partition.Topic, partition.Partition, partition.ComparedBelow))
            .ShouldBe([(Some.Topic, 0, 3_000L), (Some.Topic, 1, 500L)]);
    }

    [Fact]
    public async Task What_one_of_them_has_not_come_to_yet_is_not_compared()
    {
        await FillAsync(1, Mixed(100));
        await FillAsync(2, Mixed(60));

        var comparison = await _lake.Generations().CompareAsync(1, 2, 10, _never);

        comparison.IsEqual.ShouldBeTrue();
        comparison.Parts.Sum(part => part.LeftCount).ShouldBe(60);
        comparison.Parts.Sum(part => part.MovedCount).ShouldBe(40);
        comparison.Parts.ShouldAllBe(part => part.Partitions.Single().ComparedBelow == 60);
    }

    [Fact]
    public async Task A_row_that_is_corrupt_missing_doubled_or_too_many_is_found_by_its_key()
    {
        await FillAsync(1, Mixed(2_000));
        await FillAsync(2, Mixed(2_000));
        // Odd offsets are sales.
        await Damage.ChangeAsync(_lake.Store, 2, Sold, offset: 501, copies: 0);
        await Damage.ChangeAsync(_lake.Store, 2, Sold, offset: 777, copies: 2);
        await Damage.ChangeAsync(_lake.Store, 2, Sold, offset: 1_201, copies: 1, quantity: 99);
        await Damage.ChangeAsync(_lake.Store, 1, Sold, offset: 1_999, copies: 0);

        var comparison = await _lake.Generations().CompareAsync(1, 2, 10, _never);

        comparison.IsEqual.ShouldBeFalse();
        comparison.Parts.Single(part => part.Name != Sold).IsEqual.ShouldBeTrue();
        var sold = comparison.Parts.Single(part => part.Name == Sold);
        sold.IsEqual.ShouldBeFalse();
        sold.Columns.ShouldBeEmpty();
        sold.Partitions.Single().IsEqual.ShouldBeFalse();
        sold.Counts.ShouldBe(new Dictionary<DifferenceKind, long>
        {
            [DifferenceKind.Missing] = 1, [DifferenceKind.Doubled] = 1, [DifferenceKind.Changed] = 1, [DifferenceKind.Added] = 1,
        }, ignoreOrder: true);
        sold.Examples.Select(example => (example.Key, example.Kind)).ShouldBe(
        [
            ("inventory.events-0@501", DifferenceKind.Missing), ("inventory.events-0@777", DifferenceKind.Doubled),
            ("inventory.events-0@1201", DifferenceKind.Changed), ("inventory.events-0@1999", DifferenceKind.Added),
        ]);
        sold.Examples[0].Left.ShouldNotBeNull().ShouldContain("reference: receipt 501");
        sold.Examples[0].Right.ShouldBeNull();
        sold.Examples[1].Right.ShouldNotBeNull().ShouldStartWith("2 times ");
        (sold.Examples[2].Left, sold.Examples[2].Right).ShouldBe(("quantity: 1", "quantity: 99"));
        (await _lake.Generations().CompareAsync(1, 2, 2, _never)).Parts.Single(part => part.Name == Sold).Examples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Columns_that_went_or_became_others_are_named_and_the_rest_is_compared()
    {
        await FillAsync(1, Mixed(200));
        await FillAsync(2, Mixed(200));
        await RetypeAsync(2, Sold);

        var sold = (await _lake.Generations().CompareAsync(1, 2, 3, _never)).Parts.Single(part => part.Name == Sold);

        sold.IsEqual.ShouldBeFalse();
        sold.Columns.ShouldBe(["quantity is integer in generation 1 and long in generation 2", "reference (string) is in generation 1 only"]);
        sold.Counts.ShouldBeEmpty();
        sold.LeftCount.ShouldBe(100);
    }

    [Fact]
    public async Task Code_that_derives_something_else_differs_in_every_row_and_a_table_may_be_on_one_side_only()
    {
        await FillAsync(1, Mixed(5_000));
        await FillAsync(2, [.. Enumerable.Range(0, 5_000).Select(offset => Some.Sold($"sku-{offset % 7}", offset, quantity: 2))]);

        var comparison = await _lake.Generations().CompareAsync(1, 2, 3, _never);

        var received = comparison.Parts.Single(part => part.Name != Sold);
        received.Counts.ShouldBe(new Dictionary<DifferenceKind, long> { [DifferenceKind.Missing] = 2_500 });
        received.Columns.ShouldBeEmpty();
        var sold = comparison.Parts.Single(part => part.Name == Sold);
        sold.Counts.ShouldBe(new Dictionary<DifferenceKind, long> { [DifferenceKind.Changed] = 2_500, [DifferenceKind.Added] = 2_500 }, ignoreOrder: true);
        sold.Examples.Select(example => example.Key).ShouldBe(["inventory.events-0@0", "inventory.events-0@1", "inventory.events-0@2"]);
    }

    [Fact]
    public async Task Every_type_with_its_lists_and_nulls_is_compared()
    {
        var random = new Random(11);
        var events = Some.EventTypes.SelectMany(type => Enumerable.Repeat(type, 20)).Select((type, offset) => Some.Recorded(Some.Record(type, random), $"a-{offset}", offset)).ToList();
        await FillAsync(1, events, batch: 90);
        await FillAsync(2, events);

        var comparison = await _lake.Generations().CompareAsync(1, 2, 3, _never);

        comparison.IsEqual.ShouldBeTrue();
        comparison.Parts.Count.ShouldBe(Some.EventTypes.Count);
        comparison.Parts.ShouldAllBe(part => part.LeftCount == 20);
    }

    [Fact]
    public Task A_generation_is_filled_shown_and_dropped() => LiveAsync(_lake);

    [Fact]
    public async Task So_it_is_in_a_folder()
    {
        using var folder = new TempFolder("lake");
        await LiveAsync(new TestLake(new LocalStore(folder.Path)));
    }

    [ConformanceFact]
    [NeedsS3Server]
    public async Task And_in_a_bucket()
    {
        await using var server = await S3Server.StartAsync();
        var settings = new S3Settings(server.Url, "us-east-1", S3Server.AccessKey, S3Server.SecretKey);
        using (var client = TableStores.Client(settings))
            await client.PutBucketAsync("lake");
        await LiveAsync(new TestLake(TableStores.Open("s3://lake/generations", settings)));
    }

    private static async Task LiveAsync(TestLake lake)
    {
        var generations = lake.Generations();
        (await generations.CurrentAsync(_never)).ShouldBeNull();
        await FillAsync(lake, 1, Mixed(20));
        (await generations.CurrentAsync(_never)).ShouldBe(1);
        generations.Open(2).Name.ShouldBe("lake-sink-g2");
        await Should.ThrowAsync<InvalidOperationException>(generations.SwapAsync(2, _never));
        await Should.ThrowAsync<InvalidOperationException>(generations.CompareAsync(1, 2, 5, _never));

        await FillAsync(lake, 2, Mixed(20));
        (await generations.ListAsync(_never)).ShouldBe([1, 2]);
        (await generations.CompareAsync(1, 2, 5, _never)).IsEqual.ShouldBeTrue();
        (await generations.CurrentAsync(_never)).ShouldBe(1);
        await generations.SwapAsync(2, _never);
        await generations.SwapAsync(2, _never);
        (await generations.CurrentAsync(_never)).ShouldBe(2);
        await Should.ThrowAsync<InvalidOperationException>(generations.DropAsync(2, _never));

        await generations.SwapAsync(1, _never);
        await generations.SwapAsync(2, _never);
        await generations.DropAsync(1, _never);
        await generations.DropAsync(1, _never);
        (await generations.ListAsync(_never)).ShouldBe([2]);
        (await generations.CurrentAsync(_never)).ShouldBe(2);

        // The number is not given again.
        await Should.ThrowAsync<InvalidOperationException>(FillAsync(lake, 1, Mixed(30)));
        await FillAsync(lake, 3, Mixed(30));
        var parts = (await generations.CompareAsync(2, 3, 5, _never)).Parts;
        (parts.Sum(part => part.LeftCount), parts.Sum(part => part.MovedCount)).ShouldBe((20, 10));
    }

    private Task FillAsync(int generation, IReadOnlyList<RecordedEvent> events, int batch = int.MaxValue) => FillAsync(_lake, generation, events, batch);

    private static async Task FillAsync(TestLake lake, int generation, IReadOnlyList<RecordedEvent> events, int batch = int.MaxValue)
    {
        using var sink = (DeltaSink)lake.Generations().Open(generation);
        await sink.PrepareAsync(_never);
        foreach (var partition in events.GroupBy(recorded => recorded.Partition))
        {
            var source = Some.Source(partition.Key);
            var checkpoint = await TestLake.TakeAsync(sink, source);
            foreach (var some in partition.Chunk(batch))
                await sink.WriteAsync(Some.Batch(checkpoint, some, source), _never);
        }
    }

    private static List<RecordedEvent> Mixed(int count, int partition = 0) =>
        [.. Enumerable.Range(0, count).Select(offset => offset % 2 == 0 ? Some.Received($"sku-{offset % 7}", offset, 1, partition) : Some.Sold($"sku-{offset % 7}", offset, 1, partition))];

    /// <summary>The table as other code would have made it: the reference gone, and quantities wider.</summary>
    private async Task RetypeAsync(int generation, string name)
    {
        using var table = new DeltaTable(_lake.Store, $"g{generation}/{name}", _lake.Time);
        var (files, metadata) = await table.LookAsync(snapshot => (snapshot.Files.ToList(), snapshot.Metadata!), isNewest: true, _never);
        var wanted = new StructType([.. metadata.Schema.Fields.Where(field => field.Name != "reference").Select(field => field.Name == "quantity" ? field with { Type = DeltaType.Long } : field)]);
        var (before, after) = (TableColumns.InFiles(metadata.Schema, metadata.PartitionColumns), TableColumns.InFiles(wanted, metadata.PartitionColumns));
        var actions = new List<DeltaAction> { metadata with { Schema = wanted } };
        foreach (var file in files)
        {
            var reader = await DataFileReader.OpenAsync(table, file, before, _never);
            var writer = new DataFileWriter(after, file.PartitionValues);
            writer.Add([.. after.Columns.Select(column => column.Name == "quantity" ? Widened(column, (FixedValues<int>)reader.Read(0, "quantity")) : reader.Read(0, column))], reader.RowCount(0));
            actions.Add(RemoveFile.Of(file, 1, dataChange: true));
            actions.Add(await writer.SaveAsync(table, dataChange: true, _never));
        }
        await table.CommitAsync("TEST", _ => actions, _never);
    }

    private static FixedValues<long> Widened(Lake.Parquet.ParquetColumn column, FixedValues<int> values)
    {
        var wider = new FixedValues<long>(column);
        foreach (var value in values.Values)
            wider.Add(value);
        return wider;
    }
}
