using Streaming.Avro;
using Streaming.Fixtures;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Tables;
using Streaming.LakeSink.Tests.Support;

namespace Streaming.LakeSink.Tests;

public sealed class EventTablesTests
{
    private const int EventsPerType = 12;

    [Fact]
    public void Every_event_type_has_a_table_of_its_own()
    {
        var names = Some.EventTypes.Select(type => EventSchemas.TableOf(type.Schema)).ToList();
        names.Count.ShouldBeGreaterThan(40);
        names.ShouldBeUnique();
        names.ShouldContain("inventory_stock_found");
        names.ShouldContain("orders_order_placed");
        foreach (var type in Some.EventTypes)
            EventSchemas.Of(type.Schema).Fields.Count.ShouldBe(type.Schema.Fields.Count + EventSchemas.Lineage.Count);
    }

    [Fact]
    public async Task A_row_of_every_event_type_says_what_the_event_says()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var lake = new TestLake();
        var events = Some.EventTypes.SelectMany(type => Enumerable.Range(0, EventsPerType).Select(_ => Some.Record(type, random)))
            .Select((record, i) => Some.Recorded(record, $"aggregate-{i % 5}", i)).ToArray();
        await lake.WriteAsync(events);

        foreach (var ofType in events.GroupBy(recorded => recorded.Record.AvroSchema))
        {
            var rows = await lake.RowsAsync(EventSchemas.TableOf(ofType.Key));
            rows.Select(ExpectedRow.Text).ShouldBe(ofType.Select(recorded => ExpectedRow.Text(ExpectedRow.Of(recorded))), $"{ofType.Key.FullName}, seed {seed}");
        }
    }

    [Fact]
    public async Task An_event_of_an_older_version_becomes_a_row_of_the_newest()
    {
        var lake = new TestLake();
        var type = Some.EventTypes.First(type => type.Versions.Count > 1);
        var record = Some.Record(type, new Random(1));
        // Bytes of the older version, which the sink must not take for those of the newest.
        await lake.WriteAsync(Some.Recorded(record, "a", 0, writer: type.Versions[0]) with { Body = new byte[] { 0 } });

        (await lake.RowsAsync(EventSchemas.TableOf(type.Schema))).Select(ExpectedRow.Text).ShouldBe([ExpectedRow.Text(ExpectedRow.Of(Some.Recorded(record, "a", 0)))]);
    }

    [ConformanceFact]
    [NeedsDuckDb]
    public async Task DuckDB_reads_the_lines_of_orders_as_records_in_a_list()
    {
        using var folder = new TempFolder("lake");
        var lake = new TestLake(new LocalStore(folder.Path));
        var type = Some.EventTypes.Single(type => type.FullName == "streaming.orders.OrderPlaced");
        var random = new Random(3);
        var events = Enumerable.Range(0, 50).Select(i => Some.Recorded(Some.Record(type, random), $"order-{i}", i)).ToArray();
        await lake.WriteAsync(events);

        var rows = await DuckDb.QueryAsync($"""
            SELECT "_offset"::INT AS n, len(lines)::INT AS lines, list_sum(list_transform(lines, lambda line: line."unitPrice"))::VARCHAR AS prices, total::VARCHAR AS total
            FROM read_parquet('{folder.Path}/g1/orders_order_placed/**/*.parquet', hive_partitioning = true) ORDER BY "_offset"
            """);
        rows.Select(row => $"{row["n"]}|{row["lines"]}|{row["prices"]}|{row["total"]}").ShouldBe(events.Select(recorded =>
        {
            var placed = (Contracts.Orders.OrderPlaced)recorded.Record;
            return $"{recorded.Offset}|{placed.Lines.Count}|{(placed.Lines.Count == 0 ? "" : placed.Lines.Sum(line => line.UnitPrice).ToString("F4"))}|{placed.Total:F4}";
        }));
    }

    [ConformanceFact]
    [NeedsDeltaReader]
    public async Task Delta_rs_reads_a_table_of_every_event_type()
    {
        using var folder = new TempFolder("lake");
        var lake = new TestLake(new LocalStore(folder.Path));
        var random = new Random(4);
        // One type of each context: reading each of them takes a second.
        var types = Some.EventTypes.GroupBy(type => type.ClrType.Namespace).Select(context => context.OrderByDescending(type => type.Schema.Fields.Count).First()).ToList();
        var events = types.SelectMany(type => Enumerable.Range(0, EventsPerType).Select(_ => Some.Record(type, random))).Select((record, i) => Some.Recorded(record, $"a-{i}", i)).ToArray();
        await lake.WriteAsync(events);

        types.Count.ShouldBe(4);
        foreach (var type in types)
        {
            var expected = events.Where(recorded => recorded.Record.AvroSchema == ((IAvroRecord)recorded.Record).AvroSchema && recorded.Record.GetType() == type.ClrType).ToList();
            var rows = await DeltaReader.RowsAsync(Path.Combine(folder.Path, "g1", EventSchemas.TableOf(type.Schema)), "_offset,_event_id,_aggregate_id,_date");
            rows.OrderBy(row => row["_offset"]!.GetValue<long>()).Select(row => $"{row["_offset"]}|{row["_event_id"]}|{row["_aggregate_id"]}|{row["_date"]}")
                .ShouldBe(expected.Select(recorded => $"{recorded.Offset}|{recorded.EventId}|{recorded.AggregateId}|{recorded.RecordedAt:yyyy-MM-dd}"), type.FullName);
        }
    }
}
