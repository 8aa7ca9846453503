using Npgsql;
using Streaming.Fixtures;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Contexts;

/// <summary>Whatever happens in four contexts and to the sink, the tables are what a fold of the log says.</summary>
public sealed class EveryContextTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int WorldCount = 6;
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly int _seed = Environment.TickCount & 0xFFFFFF;

    [Fact]
    public async Task Every_table_equals_a_fold_of_the_log_however_it_was_delivered()
    {
        for (var seed = _seed; seed < _seed + WorldCount; seed++)
        {
            await using var database = await SinkDatabase.CreateAsync(postgres);
            var log = WorldLog.Of(seed);
            await log.WriteAsync(database.Sink, isRedelivered: seed % 2 == 0);
            await EqualsFoldAsync(database, log);
        }
    }

    [Fact]
    public async Task A_reset_of_any_partition_to_any_offset_finds_back_to_the_same()
    {
        for (var seed = _seed; seed < _seed + WorldCount; seed++)
        {
            await using var database = await SinkDatabase.CreateAsync(postgres);
            var (log, random) = (WorldLog.Of(seed), new Random(seed));
            await log.WriteAsync(database.Sink);
            foreach (var source in log.Sources)
            {
                var checkpoint = await database.TakeAsync(source);
                var to = random.NextInt64(0, checkpoint.NextOffset + 1);
                var reset = await database.Sink.ResetAsync(new Reset(source, checkpoint.NextOffset, to, checkpoint.Fence, new GroupOffsets(to, to)), _never);
                // Now it is as if nothing had ever been written from there on.
                await EqualsFoldAsync(database, log, recorded => recorded.Topic != source.Topic || recorded.Partition != source.Partition || recorded.Offset < to);
                await log.WriteAsync(database.Sink, source, reset, random);
            }

            await EqualsFoldAsync(database, log);
        }
    }

    [Fact]
    public async Task What_a_zombie_writes_is_refused_in_every_context()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var log = WorldLog.Of(_seed);
        foreach (var source in log.Sources)
        {
            var zombie = await database.TakeAsync(source);
            await database.TakeAsync(source);
            await Should.ThrowAsync<FencedException>(() => log.WriteAsync(database.Sink, source, zombie, new Random(_seed)));
        }

        (await database.ContentAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_crash_at_any_statement_leaves_everything_or_nothing_of_a_batch()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var (log, random) = (WorldLog.Of(_seed), new Random(_seed));
        foreach (var source in log.Sources)
        {
            var checkpoint = await database.TakeAsync(source);
            var events = log.Of(source);
            // The connection breaks where the statement that waits for this lock comes.
            foreach (var table in new[] { "audit_log", "checkpoints" })
            {
                await BrokenAtAsync(database, table, () => database.Sink.WriteAsync(Some.Batch(checkpoint, events, source), _never));
                (await database.RowsAsync($"SELECT record_offset FROM audit_log WHERE topic = '{source.Topic}' AND partition = {source.Partition}")).ShouldBeEmpty();
            }

            await log.WriteAsync(database.Sink, source, checkpoint, random);
        }

        await EqualsFoldAsync(database, log);
    }

    [Fact]
    public async Task An_order_that_is_erased_goes_and_its_fulfilment_of_the_same_id_stays_until_it_is_erased_too()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var log = WorldLog.Of(_seed);
        await log.WriteAsync(database.Sink);
        foreach (var topic in new[] { "orders.events", "fulfilment.events", "accounts.events" })
        {
            var gone = log.Events.First(recorded => recorded.Topic == topic);
            var source = log.Sources.Single(source => source.Topic == topic && source.Partition == gone.Partition);
            var checkpoint = await database.TakeAsync(source);
            Erasure[] erasures = [new(gone.AggregateId, 3, "asked for", DateTimeOffset.UnixEpoch)];
            await database.Sink.EraseAsync(source, checkpoint.Fence, erasures, _never);
            await database.Sink.EraseAsync(source, checkpoint.Fence, erasures, _never);

            log = log.Without(gone);
            await EqualsFoldAsync(database, log);
        }

        (await database.RowsAsync("SELECT topic FROM erasures ORDER BY topic")).ShouldBe(["accounts.events", "fulfilment.events", "orders.events"]);
    }

    private static async Task EqualsFoldAsync(SinkDatabase database, WorldLog log, Func<Sinks.Events.RecordedEvent, bool>? isThere = null)
    {
        foreach (var (query, rows) in ExpectedTables.Of(log.Events.Where(isThere ?? (_ => true))))
            (await database.RowsAsync(query)).ShouldBe(rows, ignoreOrder: true, $"seed {log.Seed}: {query}");
        await IsConsistentAsync(database, log.Seed);
    }

    private static async Task IsConsistentAsync(SinkDatabase database, int seed)
    {
        foreach (var (table, history, key) in new[] { ("stock", "stock_history", "sku"), ("accounts", "account_history", "account_id"), ("orders", "order_history", "order_id"), ("fulfilments", "fulfilment_history", "order_id") })
        {
            (await database.RowsAsync($"SELECT {key} FROM {history} WHERE valid_to_sequence <> valid_from_sequence + 1 OR recorded_to < recorded_from")).ShouldBeEmpty($"seed {seed}");
            (await database.RowsAsync($"SELECT t.{key} FROM {table} t LEFT JOIN {history} h ON h.{key} = t.{key} AND h.recorded_to IS NULL AND h.valid_from_sequence = t.version AND h.valid_from_offset = t.record_offset WHERE h.{key} IS NULL"))
                .ShouldBeEmpty($"seed {seed}");
        }
    }

    private static async Task BrokenAtAsync(SinkDatabase database, string table, Func<Task> write)
    {
        await using var blocker = await database.Source.OpenConnectionAsync();
        await using var blocking = await blocker.BeginTransactionAsync();
        await new NpgsqlCommand($"LOCK TABLE {table} IN {(table == "checkpoints" ? "SHARE ROW EXCLUSIVE" : "ACCESS EXCLUSIVE")} MODE", blocker, blocking).ExecuteNonQueryAsync();
        var writing = write();
        await Eventually.Async(
            async () => await TerminateWaitingAsync(database) > 0, Eventually.DefaultDeadline, $"the sink waits for {table}");
        database.Sink.IsTransient(await Should.ThrowAsync<Exception>(writing)).ShouldBeTrue();
        await blocking.RollbackAsync();
    }

    private static async Task<int> TerminateWaitingAsync(SinkDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
