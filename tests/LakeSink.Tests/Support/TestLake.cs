using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;
using Streaming.LakeSink.Generations;
using Streaming.LakeSink.Tables;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tests.Support;

/// <summary>A lake and the sinks of several hosts on it.</summary>
internal sealed class TestLake
{
    public TestLake(ITableStore? store = null)
    {
        Memory = new MemoryStore(Time);
        Store = store ?? Memory;
    }

    public ManualTime Time { get; } = new();

    public MemoryStore Memory { get; }

    public ITableStore Store { get; }

    /// <summary>Sequences are judged in the tests that say so: in most others they are the offsets.</summary>
    public LakeOptions Options { get; } = new() { Url = "unused", CheckpointEveryCommits = 3, JudgesSequences = false };

    public static CancellationToken Never => CancellationToken.None;

    /// <summary>The sink of one more host.</summary>
    public DeltaSink Host() => new(Store, new OptionsWrapper<LakeOptions>(Options), Time);

    public LakeGenerations Generations() => new(Store, new OptionsWrapper<LakeOptions>(Options), Time);

    public static Task<Checkpoint> TakeAsync(DeltaSink sink, SourcePartition? source = null) =>
        sink.TakeAsync(source ?? Some.Source(), new InitialPosition(0, 0, null), Never);

    /// <summary>A new host takes the partition and writes the events.</summary>
    public async Task<DeltaSink> WriteAsync(params RecordedEvent[] events)
    {
        var sink = Host();
        await sink.WriteAsync(Some.Batch(await TakeAsync(sink), events), Never);
        return sink;
    }

    /// <summary>Rows of a table as it is now, read from the start, in order of their offsets.</summary>
    public async Task<List<JsonObject>> RowsAsync(string table, int generation = 1)
    {
        var snapshot = await new DeltaLog(Store, $"g{generation}/{table}/").ReadAsync(version: null, Never);
        var rows = new List<JsonObject>();
        foreach (var file in snapshot.Files)
        {
            var bytes = await Store.ReadAsync($"g{generation}/{table}/{file.Location}", Never) ?? throw new InvalidOperationException($"{file.Path} is not there.");
            foreach (var row in Rows.Of(ParquetFile.Open(bytes)))
            {
                row[EventSchemas.Date] = file.PartitionValues[EventSchemas.Date];
                rows.Add(row);
            }
        }
        return [.. rows.OrderBy(row => row["_partition"]!.GetValue<int>()).ThenBy(row => row["_offset"]!.GetValue<long>())];
    }

    /// <summary>What each row of the inventory's tables says, as <c>partition@offset type aggregate quantity</c>.</summary>
    public async Task<List<string>> StockAsync()
    {
        var rows = new List<(int Partition, long Offset, string Text)>();
        foreach (var table in new[] { "inventory_stock_received", "inventory_stock_sold" })
        {
            foreach (var row in await RowsAsync(table))
                rows.Add((row["_partition"]!.GetValue<int>(), row["_offset"]!.GetValue<long>(), $"{row["_partition"]}@{row["_offset"]} {table[10..]} {row["_aggregate_id"]} {row["quantity"]}"));
        }
        return [.. rows.Order().Select(row => row.Text)];
    }

    /// <summary>The same of events.</summary>
    public static List<string> Stock(IEnumerable<RecordedEvent> events) => [.. events.OrderBy(recorded => (recorded.Partition, recorded.Offset)).Select(recorded =>
    {
        var (name, quantity) = recorded.Record switch
        {
            Contracts.Inventory.StockReceived received => ("stock_received", received.Quantity),
            Contracts.Inventory.StockSold sold => ("stock_sold", sold.Quantity),
            _ => throw new InvalidOperationException($"Not an event of these tests: {recorded.Record}."),
        };
        return $"{recorded.Partition}@{recorded.Offset} {name} {recorded.AggregateId} {quantity}";
    })];

    /// <summary>The erasures that the lake tells of.</summary>
    public async Task<List<string>> ErasuresAsync()
    {
        var snapshot = await new DeltaLog(Store, "g1/erasures/").ReadAsync(version: null, Never);
        var rows = new List<string>();
        foreach (var file in snapshot.Files)
        {
            var bytes = await Store.ReadAsync($"g1/erasures/{file.Location}", Never) ?? throw new InvalidOperationException($"{file.Path} is not there.");
            rows.AddRange(Rows.Of(ParquetFile.Open(bytes)).Select(row => $"{row["aggregate_id"]}|{row["last_sequence"]}|{row["reason"]}"));
        }
        return rows;
    }

    public async Task<long?> CompleteAsync(string table, int partition = 0) =>
        (await new DeltaLog(Store, $"g1/{table}/").ReadAsync(version: null, Never)).VersionOf($"{Some.Topic}-{partition}");

    public static Erasure Erased(string aggregateId) => new(aggregateId, 9, "asked for by its owner", DateTimeOffset.UnixEpoch.AddYears(56));
}
