using Npgsql;
using Streaming.Contracts.Control;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Sinks.Sql;
using Streaming.Sinks.Sql.Generations;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;
using Streaming.SqlSink.Tests.Contexts;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Generations;

/// <summary>Two generations side by side: proved equal, or told apart; shown to readers one after the other.</summary>
public sealed class GenerationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken _never = CancellationToken.None;

    [Fact]
    public async Task A_generation_that_is_derived_again_is_proved_equal()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, log) = await TwoAsync(database);

        var compared = await generations.CompareAsync(1, 2, 10, _never);

        compared.Parts.Select(table => table.Name).ShouldBe(
            ["stock", "stock_movements", "orders", "order_versions", "accounts", "account_movements", "fulfilments", "fulfilment_steps", "audit_log"]);
        compared.IsEqual.ShouldBeTrue($"seed {log.Seed}");
        compared.Parts.ShouldAllBe(table => table.LeftCount == table.RightCount && table.MovedCount == 0 && table.Columns.Count == 0, $"seed {log.Seed}");
        compared.Parts[^1].LeftCount.ShouldBe(log.Events.Count());
        compared.Parts[^1].Partitions.Count.ShouldBe(log.Sources.Count());
        (await generations.ListAsync(_never)).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData("UPDATE streaming_g2.accounts SET balance = balance + 0.0001 WHERE account_id = 'rich'", "accounts", "rich", DifferenceKind.Changed)]
    [InlineData("DELETE FROM streaming_g2.account_movements WHERE account_id = 'rich' AND sequence = 1", "account_movements", "rich@1", DifferenceKind.Missing)]
    [InlineData("DELETE FROM streaming.orders WHERE order_id = 'ORD-1'", "orders", "ORD-1", DifferenceKind.Added)]
    [InlineData("ALTER TABLE streaming_g2.stock_movements DROP CONSTRAINT stock_movements_pkey; INSERT INTO streaming_g2.stock_movements SELECT * FROM streaming_g2.stock_movements WHERE sku = 'XYZ-1' AND sequence = 2",
        "stock_movements", "XYZ-1@2", DifferenceKind.Doubled)]
    [InlineData("UPDATE streaming_g2.fulfilment_steps SET deadline = deadline + interval '1 microsecond' WHERE order_id = 'ORD-1' AND sequence = 1", "fulfilment_steps", "ORD-1@1", DifferenceKind.Changed)]
    public async Task A_row_that_differs_is_found_and_named(string damage, string table, string key, DifferenceKind kind)
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, log) = await TwoAsync(database);
        await database.ExecuteAsync(damage);

        var compared = await generations.CompareAsync(1, 2, 10, _never);

        compared.IsEqual.ShouldBeFalse();
        var part = compared.Parts.Where(part => !part.IsEqual).ShouldHaveSingleItem($"seed {log.Seed}");
        part.Name.ShouldBe(table);
        part.Partitions.Count(partition => !partition.IsEqual).ShouldBe(1);
        part.Counts.ShouldBe(new Dictionary<DifferenceKind, long> { [kind] = 1 });
        var first = part.Examples.ShouldHaveSingleItem();
        (first.Key, first.Kind).ShouldBe((key, kind));
        (first.Left is null).ShouldBe(kind == DifferenceKind.Added);
        (first.Right is null).ShouldBe(kind == DifferenceKind.Missing);
    }

    [Fact]
    public async Task What_changed_code_makes_is_counted_and_listed_before_and_after()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        // Another value, a column that has gone, and one of another type.
        var changed = Tables.All with
        {
            Contexts =
            [
                .. Tables.All.Contexts.Where(context => context.Topics.Context != "accounts"),
                new SqlContext(TopicCatalogue.Accounts, SqlProjection.Of(
                    SqlTable.Of<Holding>("accounts", "account_id").Text("holder", row => row.Holder).Int64("balance", row => row.Balance)
                        .Read(row => new Holding(row.Text(), row.Int64())),
                    (before, recorded) => new Holding("Nobody", (before?.Balance ?? 0) + 1))),
            ],
            Migrations = null,
        };
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        await log.WriteAsync(database.Sink);
        var generations = database.CreateGenerations(changed);
        var right = generations.Open(2);
        await right.PrepareAsync(_never);
        await log.WriteAsync(right);

        var compared = await generations.CompareAsync(1, 2, 3, _never);

        var accounts = compared.Parts.Single(part => part.Name == "accounts");
        accounts.Columns.ShouldContain("currency: only generation 1 has it");
        accounts.Columns.ShouldContain(said => said.StartsWith("balance: numeric") && said.EndsWith("bigint in generation 2"));
        accounts.Counts[DifferenceKind.Changed].ShouldBe(accounts.LeftCount);
        var first = accounts.Examples[0];
        first.Left!.ShouldContain("holder=\"");
        first.Right!.ShouldContain("holder=\"Nobody\"");
        accounts.Examples.Count.ShouldBe((int)Math.Min(3, accounts.LeftCount));
        compared.Parts.Where(part => part.Name is "stock" or "orders").ShouldAllBe(part => part.Counts.Count == 0);
    }

    [Fact]
    public async Task What_one_side_has_not_come_to_yet_is_no_difference()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var generations = database.CreateGenerations(Tables.All);
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        await log.WriteAsync(database.Sink);
        var right = generations.Open(2);
        await right.PrepareAsync(_never);
        foreach (var source in log.Sources)
        {
            var events = log.Of(source);
            var checkpoint = await right.TakeAsync(source, new(0, 0, null), _never);
            if (events.Count > 1)
                await right.WriteAsync(Some.Batch(checkpoint, events[..(events.Count / 2)], source), _never);
        }

        var compared = await generations.CompareAsync(1, 2, 10, _never);

        compared.IsEqual.ShouldBeTrue($"seed {log.Seed}: {string.Join("; ", compared.Parts.SelectMany(part => part.Examples))}");
        compared.Parts.Single(part => part.Name == "audit_log").MovedCount.ShouldBeGreaterThan(0);
        compared.Parts.Single(part => part.Name == "audit_log").RightCount.ShouldBeGreaterThan(0);

        await database.ExecuteAsync("DELETE FROM streaming_g2.audit_log WHERE (topic, partition, record_offset) IN (SELECT topic, partition, min(record_offset) FROM streaming_g2.audit_log GROUP BY 1, 2)");
        (await generations.CompareAsync(1, 2, 10, _never)).IsEqual.ShouldBeFalse();
    }

    [Fact]
    public async Task Two_that_are_written_to_are_compared_without_standing_still()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var generations = database.CreateGenerations(Tables.All);
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        var right = generations.Open(2);
        await right.PrepareAsync(_never);
        var writing = Task.WhenAll(Task.Run(() => log.WriteAsync(database.Sink, isRedelivered: true)), Task.Run(() => log.WriteAsync(right)));

        do
        {
            var compared = await generations.CompareAsync(1, 2, 10, _never);
            compared.IsEqual.ShouldBeTrue($"seed {log.Seed}: {string.Join("; ", compared.Parts.SelectMany(part => part.Examples))}");
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task Readers_see_one_generation_in_all_tables_and_then_the_other()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, _) = await TwoAsync(database);
        await database.ExecuteAsync("UPDATE streaming.stock SET name = 'old'; UPDATE streaming_g2.stock SET name = 'new'; UPDATE streaming.accounts SET holder = 'old'; UPDATE streaming_g2.accounts SET holder = 'new'");
        (await generations.CurrentAsync(_never)).ShouldBe(1);
        (await SeenAsync(database)).ShouldBe(["old"]);

        // Under readers' eyes: none of them ever sees both.
        using var stop = new CancellationTokenSource();
        var reading = ReadUntilAsync(database, stop.Token);
        for (var number = 2; number < 7; number++)
            await generations.SwapAsync(number % 2 == 0 ? 2 : 1, _never);
        await stop.CancelAsync();
        (await reading).ShouldAllBe(seen => seen == "old" || seen == "new");

        await generations.SwapAsync(2, _never);
        (await SeenAsync(database)).ShouldBe(["new"]);
        (await database.RowsAsync("SELECT count(*) FROM streaming_current.stock_records_at(now())")).ShouldNotBe(["0"]);

        (await Should.ThrowAsync<InvalidOperationException>(() => generations.DropAsync(2, _never))).Message.ShouldContain("what readers see");
        await generations.DropAsync(1, _never);
        (await generations.ListAsync(_never)).ShouldBe([2]);
        (await SeenAsync(database)).ShouldBe(["new"]);
    }

    [Fact]
    public async Task A_host_of_the_first_generation_that_starts_again_leaves_readers_where_they_are()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, _) = await TwoAsync(database);
        await generations.SwapAsync(2, _never);

        await database.CreateSink(Tables.All).PrepareAsync(_never);

        (await generations.CurrentAsync(_never)).ShouldBe(2);
        (await Should.ThrowAsync<InvalidOperationException>(() => generations.SwapAsync(3, _never))).Message.ShouldContain("it is to be built first");
    }

    [Fact]
    public async Task A_view_that_others_have_built_on_is_never_dropped_under_them()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, _) = await TwoAsync(database);
        await database.ExecuteAsync("CREATE VIEW public.report AS SELECT name FROM streaming_current.stock; ALTER TABLE streaming_g2.stock DROP COLUMN name CASCADE");

        (await Should.ThrowAsync<PostgresException>(() => generations.SwapAsync(2, _never))).Message.ShouldContain("depend");

        (await generations.CurrentAsync(_never)).ShouldBe(1);
        (await database.RowsAsync("SELECT count(*) > 0 AS some FROM public.report")).ShouldBe(["true"]);
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task A_million_rows_are_summed_up()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await database.ExecuteAsync("""
            INSERT INTO streaming.stock_movements
            SELECT 'SKU-' || n % 1000, n / 1000 + 1, 'streaming.inventory.StockReceived', 10, 0, n, 0, now(), now(), 'delivered', 'note ' || n, NULL, 'inventory.events', n % 6, n, n
            FROM generate_series(0, 999999) n
            """);
        await database.ExecuteAsync("""
            INSERT INTO streaming.checkpoints (topic, partition, cluster_id, topic_id, next_offset) SELECT 'inventory.events', p, 'c', 't', 1000000 FROM generate_series(0, 5) p
            """);

        // With itself: as much is read as of two.
        var compared = await database.CreateGenerations(Tables.All).CompareAsync(1, 1, 10, _never);
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000,000 rows of each side in {compared.Seconds:0.00} s");

        compared.Parts.Single(part => part.Name == "stock_movements").LeftCount.ShouldBe(1_000_000);
        compared.IsEqual.ShouldBeTrue();
    }

    private static async Task<(SqlGenerations Generations, WorldLog Log)> TwoAsync(SinkDatabase database)
    {
        var generations = database.CreateGenerations(Tables.All);
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        await log.WriteAsync(database.Sink);
        var second = generations.Open(2);
        await second.PrepareAsync(_never);
        await second.PrepareAsync(_never);
        await log.WriteAsync(second, isRedelivered: true);
        return (generations, log);
    }

    private static Task<List<string>> SeenAsync(SinkDatabase database) =>
        database.RowsAsync("SELECT DISTINCT name AS seen FROM streaming_current.stock UNION SELECT DISTINCT holder FROM streaming_current.accounts");

    private static async Task<List<string>> ReadUntilAsync(SinkDatabase database, CancellationToken stop)
    {
        var seen = new List<string>();
        while (!stop.IsCancellationRequested)
            seen.Add(string.Join(',', await SeenAsync(database)));
        return seen;
    }

    private sealed record Holding(string Holder, long Balance);
}
