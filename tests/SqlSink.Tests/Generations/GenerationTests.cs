using System.Diagnostics;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Sinks.Sql.Generations;
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

        var compared = await generations.CompareAsync(1, 2, _never);

        compared.Select(table => table.Table).ShouldBe(
            ["stock", "stock_movements", "orders", "order_versions", "accounts", "account_movements", "fulfilments", "fulfilment_steps", "audit_log"]);
        compared.ShouldAllBe(table => table.IsEqual && table.LeftRowCount == table.RightRowCount && table.OtherColumns.Count == 0, $"seed {log.Seed}");
        compared[^1].LeftRowCount.ShouldBe(log.Events.Count());
        (await generations.ListAsync(_never)).ShouldBe([new Generation(1, "streaming"), new Generation(2, "streaming_g2")]);
    }

    [Theory]
    [InlineData("UPDATE streaming_g2.accounts SET balance = balance + 0.0001 WHERE account_id = 'rich'", "accounts", "rich", RowDifferenceKind.Changed)]
    [InlineData("DELETE FROM streaming_g2.account_movements WHERE account_id = 'rich' AND sequence = 1", "account_movements", "rich@1", RowDifferenceKind.Missing)]
    [InlineData("DELETE FROM streaming.orders WHERE order_id = 'ORD-1'", "orders", "ORD-1", RowDifferenceKind.Added)]
    [InlineData("ALTER TABLE streaming_g2.stock_movements DROP CONSTRAINT stock_movements_pkey; INSERT INTO streaming_g2.stock_movements SELECT * FROM streaming_g2.stock_movements WHERE sku = 'XYZ-1' AND sequence = 2",
        "stock_movements", "XYZ-1@2", RowDifferenceKind.Doubled)]
    [InlineData("UPDATE streaming_g2.fulfilment_steps SET deadline = deadline + interval '1 microsecond' WHERE order_id = 'ORD-1' AND sequence = 1", "fulfilment_steps", "ORD-1@1", RowDifferenceKind.Changed)]
    public async Task A_row_that_differs_is_found_and_named(string damage, string table, string key, RowDifferenceKind kind)
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, log) = await TwoAsync(database);
        await database.ExecuteAsync(damage);

        var compared = await generations.CompareAsync(1, 2, _never);

        compared.Where(comparison => !comparison.IsEqual).Select(comparison => comparison.Table).ShouldBe([table], $"seed {log.Seed}");
        var first = compared.Single(comparison => !comparison.IsEqual).Differences.ShouldHaveSingleItem().First;
        (first.Key, first.Kind).ShouldBe((key, kind));
        (first.Left is null).ShouldBe(kind == RowDifferenceKind.Added);
        (first.Right is null).ShouldBe(kind == RowDifferenceKind.Missing);
    }

    [Fact]
    public async Task Readers_see_one_generation_in_all_tables_and_then_the_other()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, _) = await TwoAsync(database);
        await database.ExecuteAsync("UPDATE streaming.stock SET name = 'old'; UPDATE streaming_g2.stock SET name = 'new'; UPDATE streaming.accounts SET holder = 'old'; UPDATE streaming_g2.accounts SET holder = 'new'");
        (await generations.CurrentAsync(_never)).ShouldBe(new Generation(1, "streaming"));
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
        (await generations.ListAsync(_never)).ShouldBe([new Generation(2, "streaming_g2")]);
        (await SeenAsync(database)).ShouldBe(["new"]);
    }

    [Fact]
    public async Task A_host_of_the_first_generation_that_starts_again_leaves_readers_where_they_are()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, _) = await TwoAsync(database);
        await generations.SwapAsync(2, _never);

        await database.CreateSink(Tables.All).PrepareAsync(_never);

        (await generations.CurrentAsync(_never)).ShouldBe(new Generation(2, "streaming_g2"));
        (await Should.ThrowAsync<InvalidOperationException>(() => generations.SwapAsync(3, _never))).Message.ShouldContain("prepare and fill it first");
    }

    [Fact]
    public async Task A_view_that_others_have_built_on_is_never_dropped_under_them()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (generations, _) = await TwoAsync(database);
        await database.ExecuteAsync("CREATE VIEW public.report AS SELECT name FROM streaming_current.stock; ALTER TABLE streaming_g2.stock DROP COLUMN name CASCADE");

        (await Should.ThrowAsync<PostgresException>(() => generations.SwapAsync(2, _never))).Message.ShouldContain("depend");

        (await generations.CurrentAsync(_never)).ShouldBe(new Generation(1, "streaming"));
        (await database.RowsAsync("SELECT count(*) > 0 AS some FROM public.report")).ShouldBe(["true"]);
    }

    [Fact]
    public async Task A_million_rows_are_summed_up_in_seconds()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await database.ExecuteAsync("""
            INSERT INTO streaming.stock_movements
            SELECT 'SKU-' || n % 1000, n / 1000 + 1, 'streaming.inventory.StockReceived', 10, 0, n, 0, now(), now(), 'delivered', 'note ' || n, NULL, 'inventory.events', n % 6, n, n
            FROM generate_series(0, 999999) n
            """);
        var proof = new TableProof(database.Source);
        var (columns, _) = await proof.ColumnsAsync("streaming", "streaming", "stock_movements", _never);

        var start = Stopwatch.GetTimestamp();
        var checksums = await proof.ChecksumsAsync("streaming", "stock_movements", columns, _never);
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000,000 rows in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s");

        checksums.Values.Sum(checksum => checksum.RowCount).ShouldBe(1_000_000);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    private static async Task<(SqlGenerations Generations, WorldLog Log)> TwoAsync(SinkDatabase database)
    {
        var generations = database.CreateGenerations(Tables.All);
        var log = WorldLog.Of(Environment.TickCount & 0xFFFFFF);
        await log.WriteAsync(database.Sink);
        await generations.PrepareAsync(2, _never);
        await generations.PrepareAsync(2, _never);
        await log.WriteAsync(database.CreateSink(Tables.All, generation: 2), isRedelivered: true);
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
}
