using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Benchmarks.Sql;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;
using Streaming.Registry;

namespace Streaming.Benchmarks.Lake;

/// <summary>The lake's writer alone, beside delta-rs with the same rows; and the lake sink's host catching up from the topic.</summary>
internal static class LakeBenchmark
{
    private const int RowsPerCommit = 100_000;
    private const int ProductCount = 1_000;
    private const int RoundCount = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int eventCount)
    {
        await MeasureWriterAsync(rowCount: 2_000_000);
        await MeasureSinkAsync(eventCount);
    }

    private static async Task MeasureWriterAsync(int rowCount)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        await WriteAsync(rowCount / 10);    // Compiled at its best.
        for (var round = 0; round < RoundCount; round++)
        {
            ours.Add(rowCount / await WriteAsync(rowCount));
            if (DeltaReader.IsPresent)
                theirs.Add(rowCount / await WriteTheirsAsync(rowCount));
        }

        Print($"writer, {rowCount:N0} rows of 4 columns", ours, "rows/s");
        if (theirs.Count == 0)
            return;
        Print("delta-rs, the same rows, from Python's lists", theirs, "rows/s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours to theirs {Medians.Of(ours.Zip(theirs, (left, right) => left / right)):F2}"));
    }

    /// <summary>The seconds that it takes, from values to commits on the disk.</summary>
    private static async Task<double> WriteAsync(int rowCount)
    {
        using var folder = new TempFolder("bench-lake");
        using var table = new DeltaTable(new LocalStore(folder.Path), "table", TimeProvider.System);
        var schema = new StructType(
            [new("id", DeltaType.Long, IsNullable: true), new("sku", DeltaType.Text, IsNullable: true), new("delta", DeltaType.Int, IsNullable: true), new("on_hand", DeltaType.Int, IsNullable: true)]);
        var columns = TableColumns.InFiles(schema, []);
        var skus = Enumerable.Range(0, 10_000).Select(i => Encoding.UTF8.GetBytes($"SKU-{i}")).ToArray();
        var start = Stopwatch.GetTimestamp();
        for (var first = 0; first < rowCount; first += RowsPerCommit)
        {
            var values = columns.Columns.Select(ColumnValues.Create).ToList();
            var (ids, names, deltas, levels) = ((FixedValues<long>)values[0], (BytesValues)values[1], (FixedValues<int>)values[2], (FixedValues<int>)values[3]);
            var count = Math.Min(RowsPerCommit, rowCount - first);
            for (var i = 0; i < count; i++)
            {
                ids.Add(first + i);
                names.Add(skus[i % skus.Length]);
                deltas.Add(i % 100);
                levels.Add(i % 1_000);
            }
            var file = new DataFileWriter(columns, new Dictionary<string, string?>());
            file.Add(values, count);
            var added = await file.SaveAsync(table, dataChange: true, CancellationToken.None);
            await table.CommitAsync(
                "WRITE", snapshot => snapshot.Exists ? [added] : [Protocol.Plain, new TableMetadata("id", schema, [], new Dictionary<string, string>()), added], CancellationToken.None);
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> WriteTheirsAsync(int rowCount)
    {
        using var folder = new TempFolder("bench-delta-rs");
        return await DeltaReader.WriteAsync(Path.Combine(folder.Path, "table"), rowCount);
    }

    private static async Task MeasureSinkAsync(int eventCount)
    {
        using var lake = new TempFolder("bench-lake-sink");
        await using var broker = await BrokerProcess.StartAsync();
        await using var registry = await RegistryServer.StartAsync(
            new RegistryServerOptions { BootstrapServers = broker.BootstrapServers, Topic = SomeNames.Name("_schemas") });
        var prefix = SomeNames.Prefix();
        var rates = new List<double>();
        for (var round = 0; round < RoundCount; round++)
        {
            var folder = Path.Combine(lake.Path, $"round{round}");
            await using var host = new HostProcess("Streaming.LakeSink", new Dictionary<string, string>
            {
                ["Kafka__BootstrapServers"] = broker.BootstrapServers,
                ["SchemaRegistry__Url"] = registry.Url,
                ["Lake__Url"] = folder,
                ["Topics__Prefix"] = prefix,
                ["Sinks__BatchLingerMs"] = "500",
            });
            await host.StartReadyAsync(Deadline);
            if (round == 0)
            {
                // The host makes the topics, and is then away while the events are written, so that it finds them all waiting.
                await host.KillAsync();
                await StockEvents.WriteAsync(broker.BootstrapServers, registry.Url, TopicCatalogue.Inventory.WithPrefix(prefix).Events, eventCount, ProductCount);
                host.Start();
            }
            rates.Add(await CatchUpAsync(folder, eventCount));
            await host.KillAsync();
        }
        Print($"lake sink, {eventCount:N0} events of {ProductCount} products", rates, "events/s");
    }

    /// <summary>Events per second from the tenth part, when the new process is warm, to the last.</summary>
    private static async Task<double> CatchUpAsync(string folder, int eventCount)
    {
        await AwaitAsync(folder, eventCount / 10);
        var (start, before) = (Stopwatch.GetTimestamp(), Written(folder));
        await AwaitAsync(folder, eventCount);
        return (eventCount - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Task AwaitAsync(string folder, long count) => Eventually.Async(() => Written(folder) >= count, Deadline, $"{count} events are written");

    // No transaction markers lie in this topic, so offsets count events.
    private static long Written(string folder)
    {
        var positions = Path.Combine(folder, "g1", "_positions");
        if (!Directory.Exists(positions))
            return 0;
        return Directory.EnumerateDirectories(positions, "*", SearchOption.AllDirectories)
            .Select(partition => Directory.EnumerateFiles(partition, "*.json").Where(file => !Path.GetFileName(file).StartsWith('.')).Max(StringComparer.Ordinal)).OfType<string>()
            .Sum(file => JsonNode.Parse(File.ReadAllText(file))!["Checkpoint"]!["NextOffset"]!.GetValue<long>());
    }

    private static void Print(string what, List<double> values, string unit) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-50} {Medians.Of(values),10:N0} {unit}   ({string.Join(", ", values.Select(value => value.ToString("N0", CultureInfo.InvariantCulture)))})"));
}
