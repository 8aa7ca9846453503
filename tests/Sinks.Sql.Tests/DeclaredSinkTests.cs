using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Tests;

/// <summary>A table that is only declared: made, filled, taken back, erased by the library.</summary>
public sealed class DeclaredSinkTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Rows = "SELECT sku, name, sale_count, sold_share, last_sold_at::date, version, epoch FROM streaming.product_range ORDER BY sku";
    private static readonly CancellationToken _never = CancellationToken.None;
    private static readonly SqlSinkDefinition _bare = new("range-sink", new SqlContext(TopicCatalogue.Inventory, SqlProjection.WithoutHistory(RangeRow.Table, RangeRow.Project))) { IsAudited = false };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_are_what_the_projection_makes_of_the_events(bool isBare)
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var (sink, checkpoint) = await database.StartAsync(isBare ? _bare : RangeRow.Sink);
        var life = RangeDatabase.Life();
        foreach (var recorded in life[..4])
        {
            await sink.WriteAsync(RangeDatabase.Batch(checkpoint, recorded), _never);
            await sink.WriteAsync(RangeDatabase.Batch(checkpoint, recorded), _never);
        }

        (await database.RowsAsync(Rows)).ShouldBe(["A|Widget|2|1.000000|2022-01-04|4|1"]);

        await sink.WriteAsync(RangeDatabase.Batch(checkpoint, life[4], RangeDatabase.Recorded("B", 1, 9)), _never);
        (await database.RowsAsync(Rows)).ShouldBe(["B|Widget|0|0.000000||1|1"]);
        (await database.RowsAsync("SELECT key, version FROM streaming.absent_rows")).ShouldBe(["A|5"]);
    }

    [Fact]
    public async Task Many_new_rows_and_many_changed_ones_are_written_the_same_way_as_few()
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var (sink, checkpoint) = await database.StartAsync(RangeRow.Sink);
        for (var sequence = 1; sequence <= 4; sequence++)
            await sink.WriteAsync(RangeDatabase.Batch(checkpoint, [.. Enumerable.Range(0, 500).Select(key => RangeDatabase.Recorded($"K-{key}", sequence, (500 * sequence) + key))]), _never);

        (await database.RowsAsync("SELECT count(*), min(sale_count), max(sale_count), min(version), max(version), min(sold_share) FROM streaming.product_range")).ShouldBe(["500|2|2|4|4|1.000000"]);
        (await database.RowsAsync("SELECT count(*), count(DISTINCT sku) FROM streaming.product_range_history WHERE recorded_to IS NULL")).ShouldBe(["500|500"]);
    }

    [Fact]
    public async Task A_row_that_went_comes_back_by_a_reset_and_goes_again()
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var (sink, checkpoint) = await database.StartAsync(RangeRow.Sink);
        await sink.WriteAsync(RangeDatabase.Batch(checkpoint, RangeDatabase.Life()), _never);
        var before = await database.RowsAsync("SELECT sku, sequence, is_absent, sale_count FROM streaming.product_range_versions ORDER BY sequence");

        var reset = await sink.ResetAsync(new Reset(RangeDatabase.Partition, 5, 3, checkpoint.Fence, default), _never);

        (await database.RowsAsync(Rows)).ShouldBe(["A|Widget|1|0.333333|2022-01-03|3|2"]);
        (await database.RowsAsync("SELECT key FROM streaming.absent_rows")).ShouldBeEmpty();
        await sink.WriteAsync(RangeDatabase.Batch(reset, RangeDatabase.Life()[3..]), _never);
        (await database.RowsAsync(Rows)).ShouldBeEmpty();
        (await database.RowsAsync("SELECT sku, sequence, is_absent, sale_count FROM streaming.product_range_versions ORDER BY sequence")).ShouldBe(before);

        // To an offset behind its end it stays away, and to the start nothing is left at all.
        await sink.ResetAsync(new Reset(RangeDatabase.Partition, 5, 5, checkpoint.Fence, default), _never);
        (await database.RowsAsync("SELECT key, version FROM streaming.absent_rows")).ShouldBe(["A|5"]);
        await sink.ResetAsync(new Reset(RangeDatabase.Partition, 5, 0, checkpoint.Fence, default), _never);
        (await database.RowsAsync("SELECT sku FROM streaming.product_range_versions UNION SELECT sku FROM streaming.product_range UNION SELECT key FROM streaming.absent_rows UNION SELECT aggregate_id FROM streaming.audit_log")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_history_a_reset_leads_to_the_start()
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var (sink, checkpoint) = await database.StartAsync(_bare);
        await sink.WriteAsync(RangeDatabase.Batch(checkpoint, RangeDatabase.Life()), _never);

        var reset = await sink.ResetAsync(new Reset(RangeDatabase.Partition, 5, 3, checkpoint.Fence, new GroupOffsets(3, 3)), _never);

        (reset.NextOffset, reset.Group, reset.ReplayUntil).ShouldBe((0, new GroupOffsets(3, 3), 5));
        (await database.RowsAsync("SELECT sku FROM streaming.product_range UNION SELECT key FROM streaming.absent_rows")).ShouldBeEmpty();
        await sink.WriteAsync(RangeDatabase.Batch(reset, RangeDatabase.Life()[..3]), _never);
        (await database.RowsAsync(Rows)).ShouldBe(["A|Widget|1|0.333333|2022-01-03|3|2"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_erased_is_in_no_table(bool isBare)
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var (sink, checkpoint) = await database.StartAsync(isBare ? _bare with { IsAudited = true } : RangeRow.Sink);
        await sink.WriteAsync(RangeDatabase.Batch(checkpoint, [.. RangeDatabase.Life(), .. RangeDatabase.Life("B", 5)[..2]]), _never);

        await sink.EraseAsync(RangeDatabase.Partition, checkpoint.Fence, [new Erasure("A", 5, "asked for", DateTimeOffset.UnixEpoch), new Erasure("B", 2, "", DateTimeOffset.UnixEpoch)], _never);

        (await database.RowsAsync("SELECT sku FROM streaming.product_range UNION SELECT key FROM streaming.absent_rows UNION SELECT aggregate_id FROM streaming.audit_log")).ShouldBeEmpty();
        (await database.RowsAsync("SELECT topic, aggregate_id FROM streaming.erasures ORDER BY 2")).ShouldBe(["inventory.events|A", "inventory.events|B"]);
    }

    [Theory]
    [InlineData(true, "nul \0 inside")]
    [InlineData(false, "nul \0 inside")]
    public async Task A_text_that_PostgreSQL_cannot_store_is_poison(bool isBare, string name)
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var (sink, checkpoint) = await database.StartAsync(isBare ? _bare : RangeRow.Sink);

        var poison = await Should.ThrowAsync<PoisonEventException>(
            sink.WriteAsync(RangeDatabase.Batch(checkpoint, RangeDatabase.Recorded("A", 1, 3), RangeDatabase.Recorded("B", 1, 4, name)), _never));

        poison.Offset.ShouldBe(4);
    }

    [Fact]
    public async Task Hosts_that_start_at_once_make_the_tables_once()
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => database.CreateSink(RangeRow.Sink).PrepareAsync(_never)));

        (await database.RowsAsync("SELECT number, name FROM streaming.sink_migrations ORDER BY number")).ShouldBe(["1|foundation", "2|several-contexts", "3|modes"]);
        (await database.RowsAsync("SELECT count(*) AS n FROM streaming_current.product_range")).ShouldBe(["0"]);
    }

    [Theory]
    [InlineData("ALTER TABLE streaming.product_range DROP COLUMN sale_count CASCADE", "no column sale_count")]
    [InlineData("ALTER TABLE streaming.product_range_versions ALTER COLUMN sold_share TYPE numeric(12,2)", "sold_share as numeric(12,2), this build declares sold_share numeric(10,6)")]
    [InlineData("UPDATE streaming.sink_migrations SET checksum = 'other' WHERE number = 2", "was changed after it was applied")]
    [InlineData("INSERT INTO streaming.sink_migrations (number, name, checksum) VALUES (99, 'later', '')", "a newer host made it")]
    public async Task A_schema_that_this_build_cannot_work_with_is_refused(string change, string reason)
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        await database.StartAsync(RangeRow.Sink);
        await database.ExecuteAsync("DROP SCHEMA streaming_current CASCADE; DROP VIEW streaming.product_range_history");
        await database.ExecuteAsync(change);

        var mismatch = await Should.ThrowAsync<SchemaMismatchException>(() => database.CreateSink(RangeRow.Sink).PrepareAsync(_never));

        mismatch.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("Name")]
    [InlineData("name\"; DROP TABLE x")]
    [InlineData("1st")]
    [InlineData("")]
    public void A_name_that_needs_quotes_is_refused(string name) => Should.Throw<ArgumentException>(() => SqlTable.Of<RangeRow>("range", "sku").Text(name, row => row.Name));

    [Fact]
    public async Task A_context_can_lead_to_several_tables()
    {
        await using var database = await RangeDatabase.CreateAsync(postgres);
        var names = SqlTable.Of<string>("names", key: "id").Text("name", name => name).Read(row => row.Text());
        var (sink, checkpoint) = await database.StartAsync(RangeRow.Sink with
        {
            Contexts = [new SqlContext(TopicCatalogue.Inventory, SqlProjection.Of(RangeRow.Table, RangeRow.Project), SqlProjection.Of(names, (before, recorded) => before ?? recorded.AggregateId + "!"))],
        });

        await sink.WriteAsync(RangeDatabase.Batch(checkpoint, RangeDatabase.Life()), _never);
        await sink.ResetAsync(new Reset(RangeDatabase.Partition, 5, 2, checkpoint.Fence, default), _never);

        (await database.RowsAsync("SELECT id, name, version FROM streaming.names")).ShouldBe(["A|A!|2"]);
        (await database.RowsAsync("SELECT sku, version FROM streaming.product_range")).ShouldBe(["A|2"]);
    }
}
