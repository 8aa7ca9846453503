using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql;
using Streaming.Sinks.Sql.Projecting;
using Streaming.SqlSink.Inventory;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Rederiving;

/// <summary>Aggregates that are derived again one by one, after the code has changed.</summary>
public sealed class RederiveTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Rows = "SELECT sku, name, on_hand, version, record_offset FROM stock ORDER BY sku";
    private const string Movements = "SELECT sku, sequence, reason, on_hand, record_offset FROM stock_movements ORDER BY sku, sequence";

    private static readonly CancellationToken _never = CancellationToken.None;

    // Says something else about every event, and names products otherwise.
    private static readonly SqlSinkDefinition _changed = new("sql-sink", new SqlContext(TopicCatalogue.Inventory, SqlProjection.Of(
        StockTable.Stock,
        StockTable.DeclareMovements(change => StockProjection.Move((InventoryEvent)change.Recorded.Record) with { Reason = "changed" }),
        (before, recorded) => StockProjection.Project(before, recorded) with { Name = "changed" }))) { Migrations = typeof(Tables).Assembly };

    [Fact]
    public async Task Exactly_that_aggregate_is_as_todays_code_makes_it_and_the_next_event_goes_on_from_there()
    {
        var (a, b) = (Some.Recorded(ProductHistory.Reference("A")), Some.Recorded(ProductHistory.Reference("B"), firstOffset: 8));
        var further = Some.Recorded(new StockSold(new("A"), 1, null, null, 189, 0, DateTimeOffset.UnixEpoch.AddYears(60)), 9, 16);
        await using var fresh = await SinkDatabase.CreateAsync(postgres);
        await WriteAsync(fresh.CreateSink(_changed), [.. a, .. b, further]);
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await WriteAsync(database.Sink, [.. a, .. b]);
        var before = await database.RowsAsync(Movements);
        var today = database.CreateSink(_changed);
        var checkpoint = await today.TakeAsync(Some.Source(), new InitialPosition(0, 16, null), _never);

        for (var i = 0; i < 2; i++)   // After a crash it is done once more.
            await today.RederiveAsync(Whole(checkpoint, a), _never);

        checkpoint = await today.TakeAsync(Some.Source(), new InitialPosition(0, 16, null), _never);
        checkpoint.NextOffset.ShouldBe(16);
        await today.WriteAsync(Some.Batch(checkpoint, [further]), _never);
        (await OfAsync(database, Rows, "A")).ShouldBe(await OfAsync(fresh, Rows, "A"));
        (await OfAsync(database, Movements, "A")).ShouldBe(await OfAsync(fresh, Movements, "A"));
        (await OfAsync(database, Movements, "B")).ShouldBe(before.Where(row => row.StartsWith("B|")));
        (await OfAsync(database, Rows, "B")).Single().ShouldNotContain("changed");
        (await database.RowsAsync("SELECT aggregate_id, count(*) AS n, count(DISTINCT record_offset) AS m FROM audit_log GROUP BY 1 ORDER BY 1")).ShouldBe(["A|9|9", "B|8|8"]);
    }

    [Fact]
    public async Task An_event_that_does_not_fit_changes_nothing_and_a_zombie_neither()
    {
        var a = Some.Recorded(ProductHistory.Reference("A"));
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await WriteAsync(database.Sink, a);
        var before = await database.ContentAsync();
        var today = database.CreateSink(_changed);
        var checkpoint = await today.TakeAsync(Some.Source(), new InitialPosition(0, 8, null), _never);

        await Should.ThrowAsync<PoisonEventException>(() => today.RederiveAsync(Whole(checkpoint, [.. a.Take(3), .. a.Skip(4)]), _never));
        (await database.ContentAsync()).ShouldBe(before);
        await database.Sink.TakeAsync(Some.Source(), new InitialPosition(0, 8, null), _never);
        await Should.ThrowAsync<FencedException>(() => today.RederiveAsync(Whole(checkpoint, a), _never));
        (await database.ContentAsync()).ShouldBe(before);
    }

    private static async Task WriteAsync(PostgresSink sink, IReadOnlyList<RecordedEvent> events)
    {
        await sink.PrepareAsync(_never);
        await sink.WriteAsync(Some.Batch(await sink.TakeAsync(Some.Source(), new InitialPosition(0, 0, null), _never), events), _never);
    }

    private static EventBatch Whole(Checkpoint checkpoint, IReadOnlyList<RecordedEvent> events) =>
        Some.Batch(checkpoint, events) with { NextOffset = checkpoint.NextOffset, IsRedrive = true, Mode = SinkMode.Replay };

    private static async Task<List<string>> OfAsync(SinkDatabase database, string sql, string sku) =>
        [.. (await database.RowsAsync(sql)).Where(row => row.StartsWith(sku + "|", StringComparison.Ordinal))];
}
