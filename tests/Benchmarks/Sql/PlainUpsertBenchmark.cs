using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Local.Postgres;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql;

namespace Streaming.Benchmarks.Sql;

/// <summary>A table of four columns, one row per event, through the library's sink: new keys against one raw COPY of the same rows, existing keys
/// against one staged <c>INSERT … ON CONFLICT</c> of them. Four partitions at once, as a host writes them; by turns, in a PostgreSQL that syncs.</summary>
internal static class PlainUpsertBenchmark
{
    private const int WarmRoundCount = 2;
    private const int RoundCount = 5;

    public static async Task RunAsync(int keyCount)
    {
        using var home = new TempFolder("bench-postgres");
        await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Home = home.Path }, TimeProvider.System);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxAutoPrepare = 96 });
        var (added, copied, changed, upserted) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < WarmRoundCount + RoundCount; round++)
        {
            var schema = $"plain{round}";
            var (sink, checkpoints) = await PlainRows.StartAsync(source, schema);
            using (sink)
            {
                var ours = await RateAsync(sink, checkpoints, keyCount, sequence: 1);
                var raw = await CopyAsync(source, schema, home.Path, keyCount);
                var oursAgain = await RateAsync(sink, checkpoints, keyCount, sequence: 2);
                var rawAgain = await UpsertAsync(source, schema, home.Path, keyCount);
                if (round >= WarmRoundCount)   // The first are slow everywhere: code and files are new.
                {
                    added.Add(ours);
                    copied.Add(raw);
                    changed.Add(oursAgain);
                    upserted.Add(rawAgain);
                }
            }

            await ExecuteAsync(source, $"DROP SCHEMA {schema} CASCADE");
            await ExecuteAsync(source, "CHECKPOINT");
        }

        Print($"plain upsert, {keyCount:N0} new keys", added);
        Print("one raw COPY of the same rows", copied);
        Print($"plain upsert, {keyCount:N0} existing keys", changed);
        Print("one staged INSERT … ON CONFLICT of them", upserted);
        PrintShare("new keys, share of COPY", added, copied);
        PrintShare("existing keys, share of the staged upsert", changed, upserted);
    }

    /// <summary>All partitions at once, each batch after batch.</summary>
    private static async Task<double> RateAsync(PostgresSink sink, List<Checkpoint> checkpoints, int keyCount, int sequence)
    {
        var partitions = checkpoints.Select((checkpoint, partition) => PlainRows.Batches(partition, checkpoint, keyCount / PlainRows.WriterCount, sequence)).ToList();
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(partitions.Select(batches => Task.Run(async () =>
        {
            foreach (var batch in batches)
                await sink.WriteAsync(batch, CancellationToken.None);
        })));
        return keyCount / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The rows that the sink has written, put into an empty table with the same index.</summary>
    private static async Task<double> CopyAsync(NpgsqlDataSource source, string schema, string folder, int count)
    {
        await SaveAsync(source, schema, folder);
        await ExecuteAsync(source, $"CREATE TABLE {schema}.raw (LIKE {schema}.plain INCLUDING ALL)");
        await ExecuteAsync(source, "CHECKPOINT");
        var start = Stopwatch.GetTimestamp();
        await LoadAsync(source, $"{schema}.raw", folder);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The rows that the sink has changed, staged and put over those of before.</summary>
    private static async Task<double> UpsertAsync(NpgsqlDataSource source, string schema, string folder, int count)
    {
        await SaveAsync(source, schema, folder);
        await ExecuteAsync(source, $"ALTER TABLE {schema}.raw SET (fillfactor = 70)");
        await ExecuteAsync(source, $"CREATE UNLOGGED TABLE {schema}.staged (LIKE {schema}.plain)");
        await ExecuteAsync(source, "CHECKPOINT");
        var start = Stopwatch.GetTimestamp();
        await LoadAsync(source, $"{schema}.staged", folder);
        await ExecuteAsync(source, $"""
            INSERT INTO {schema}.raw SELECT * FROM {schema}.staged ON CONFLICT (sku) DO UPDATE SET
                name = excluded.name, on_hand = excluded.on_hand, changed_at = excluded.changed_at, version = excluded.version,
                recorded_at = excluded.recorded_at, record_offset = excluded.record_offset, epoch = excluded.epoch, topic = excluded.topic, partition = excluded.partition
            """);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task SaveAsync(NpgsqlDataSource source, string schema, string folder)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var file = File.Create(Path.Combine(folder, "rows"));
        await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {schema}.plain TO STDOUT (FORMAT BINARY)");
        await rows.CopyToAsync(file);
    }

    private static async Task LoadAsync(NpgsqlDataSource source, string table, string folder)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var file = File.OpenRead(Path.Combine(folder, "rows"));
        await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {table} FROM STDIN (FORMAT BINARY)");
        await file.CopyToAsync(rows, bufferSize: 1 << 20);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private static void Print(string what, List<double> values) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-50} {Medians.Of(values),10:N0} rows/s     ({string.Join(", ", values.Select(value => value.ToString("N0", CultureInfo.InvariantCulture)))})"));

    private static void PrintShare(string what, List<double> ours, List<double> theirs) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-50} {Medians.Of(ours.Zip(theirs, (us, them) => us / them)),10:P0}"));
}
