using Streaming.Contracts.Accounts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;
using Streaming.SqlSink.Accounts;
using Streaming.SqlSink.Fulfilment;
using Streaming.SqlSink.Inventory;
using Streaming.SqlSink.Orders;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Contexts;

/// <summary>After a reset everything is derived with today's code: what was derived before is replaced, nothing is doubled, nothing is stale.</summary>
public sealed class ChangedCodeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken _never = CancellationToken.None;

    // Each says something else about every event: a reason of its own in movements, a step and a status of its own in versions.
    private static readonly SqlSinkDefinition _changed = new(
        "sql-sink",
        new SqlContext(TopicCatalogue.Inventory, SqlProjection.Of(StockTable.Stock, StockTable.DeclareMovements(change =>
            StockProjection.Move((InventoryEvent)change.Recorded.Record) with { Reason = "changed" }), Named)),
        new SqlContext(TopicCatalogue.Orders, SqlProjection.Of(
            OrderTable.Orders, SqlHistory.Versions(OrderTable.Orders, "order_versions"), (before, recorded) => OrderProjection.Project(before, recorded) with { Reference = "changed" })),
        new SqlContext(TopicCatalogue.Accounts, SqlProjection.Of(AccountTable.Accounts, AccountTable.DeclareMovements(change =>
            AccountProjection.Move((AccountEvent)change.Recorded.Record) with { Reason = "changed" }), Held)),
        new SqlContext(TopicCatalogue.Fulfilment, SqlProjection.Of(
            FulfilmentTable.Fulfilments, SqlHistory.Versions(FulfilmentTable.Fulfilments, "fulfilment_steps"),
            (before, recorded) => FulfilmentProjection.Project(before, recorded) with { Reason = "changed" })))
    { Migrations = typeof(Tables).Assembly };

    private static readonly (string Table, string Key, string Column)[] _histories =
        [("stock_movements", "sku", "reason"), ("account_movements", "account_id", "reason"), ("order_versions", "order_id", "reference"), ("fulfilment_steps", "order_id", "reason")];

    [Fact]
    public async Task A_reset_to_the_start_gives_what_todays_code_gives_in_an_empty_database()
    {
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        await using var fresh = await SinkDatabase.CreateAsync(postgres);
        await log.WriteAsync(fresh.CreateSink(_changed));
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await log.WriteAsync(database.Sink);
        (await AllAsync(database)).ShouldNotBe(await AllAsync(fresh), $"seed {log.Seed}");

        var today = database.CreateSink(_changed);
        foreach (var source in log.Sources)
            await log.WriteAsync(today, source, await ResetAsync(today, source, to: 0), new Random(log.Seed));

        (await AllAsync(database)).ShouldBe(await AllAsync(fresh), $"seed {log.Seed}");
    }

    [Fact]
    public async Task A_reset_into_the_middle_replaces_everything_from_there_on_and_nothing_before()
    {
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await log.WriteAsync(database.Sink);
        var before = await AllAsync(database);
        var today = database.CreateSink(_changed);
        var from = new Dictionary<(string, int), long>();
        foreach (var source in log.Sources)
        {
            var to = from[(source.Topic, source.Partition)] = log.Of(source)[log.Of(source).Count / 2].Offset;
            await log.WriteAsync(today, source, await ResetAsync(today, source, to), new Random(log.Seed));
        }

        (await AllAsync(database)).Count.ShouldBe(before.Count, $"seed {log.Seed}");
        foreach (var (table, _, column) in _histories)
        {
            foreach (var row in await database.RowsAsync($"SELECT topic, partition, record_offset, coalesce({column}, '') = 'changed' AS is_changed FROM {table}"))
            {
                var parts = row.Split('|');
                (parts[3] == "true").ShouldBe(long.Parse(parts[2]) >= from[(parts[0], int.Parse(parts[1]))], $"seed {log.Seed}: {table} {row}");
            }
        }
    }

    private static StockRow Named(StockRow? before, RecordedEvent recorded) => StockProjection.Project(before, recorded) with { Name = "changed" };

    private static AccountRow Held(AccountRow? before, RecordedEvent recorded) => AccountProjection.Project(before, recorded) with { Holder = "changed" };

    private static async Task<Checkpoint> ResetAsync(PostgresSink sink, SourcePartition source, long to)
    {
        var checkpoint = await sink.TakeAsync(source, new Sinks.InitialPosition(0, 0, null), _never);
        return await sink.ResetAsync(new Reset(source, checkpoint.NextOffset, to, checkpoint.Fence, new GroupOffsets(to, to)), _never);
    }

    /// <summary>Every row of every table, but for what says when and how often it was derived.</summary>
    private static async Task<List<string>> AllAsync(SinkDatabase database)
    {
        var rows = new List<string>();
        foreach (var table in _histories.Select(history => history.Table).Concat(["stock", "accounts", "orders", "fulfilments", "audit_log"]))
            rows.AddRange(await database.RowsAsync($"SELECT '{table}' AS of, (to_jsonb(t) - 'epoch' - 'event_id')::text AS row FROM {table} t ORDER BY 2"));
        return rows;
    }
}
