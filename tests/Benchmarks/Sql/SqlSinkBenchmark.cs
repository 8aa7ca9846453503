using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Local.Postgres;
using Streaming.Registry;

namespace Streaming.Benchmarks.Sql;

/// <summary>
/// The SQL sink's host catching up: current stock, movements and audit log, in a PostgreSQL that syncs; a raw COPY of the same rows; the host keeping up
/// with events that are written at full speed; and its memory while the database stands still.
/// </summary>
internal static class SqlSinkBenchmark
{
    private const int ProductCount = 1_000;
    private const int RoundCount = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(int eventCount)
    {
        using var home = new TempFolder("bench-postgres");
        await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Home = home.Path }, TimeProvider.System);
        await using var broker = await BrokerProcess.StartAsync();
        await using var registry = await RegistryServer.StartAsync(
            new RegistryServerOptions { BootstrapServers = broker.BootstrapServers, Topic = SomeNames.Name("_schemas") });

        var prefix = SomeNames.Prefix();
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        Dictionary<string, string> Settings(string schema, string topicPrefix) => new()
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Database__ConnectionString"] = postgres.Url,
            ["Database__Schema"] = schema,
            ["Topics__Prefix"] = topicPrefix,
        };

        var (sink, copy, processor) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < RoundCount; round++)
        {
            await using var host = new HostProcess("Streaming.SqlSink", Settings($"round{round}", prefix));
            await host.StartReadyAsync(Deadline);
            if (round == 0)
            {
                // The host makes the topic, and is then away while the events are written, so that it finds them all waiting.
                await host.KillAsync();
                await StockEvents.WriteAsync(broker.BootstrapServers, registry.Url, TopicCatalogue.Inventory.WithPrefix(prefix).Events, eventCount, ProductCount);
                host.Start();
            }

            var before = host.ProcessorTime;
            sink.Add(await CatchUpAsync(source, $"round{round}", eventCount));
            processor.Add((host.ProcessorTime - before).TotalMicroseconds / eventCount);
            await host.KillAsync();
            copy.Add(await RawCopy.MeasureAsync(source, $"round{round}", eventCount));
            await ExecuteAsync(source, $"DROP SCHEMA round{round} CASCADE; CHECKPOINT");
        }

        var live = new List<double>();
        for (var round = 0; round < RoundCount; round++)
        {
            var (schema, livePrefix) = ($"live{round}", SomeNames.Prefix());
            await using var host = new HostProcess("Streaming.SqlSink", Settings(schema, livePrefix));
            await host.StartReadyAsync(Deadline);
            var start = Stopwatch.GetTimestamp();
            await StockEvents.WriteAsync(broker.BootstrapServers, registry.Url, TopicCatalogue.Inventory.WithPrefix(livePrefix).Events, eventCount, ProductCount);
            await AwaitAsync(source, schema, eventCount);
            live.Add(eventCount / Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (round == 0)
                Console.WriteLine(await StallAsync(host, source, schema, () => StockEvents.WriteAsync(
                    broker.BootstrapServers, registry.Url, TopicCatalogue.Inventory.WithPrefix(livePrefix).Events, eventCount, ProductCount, firstSequence: (eventCount / ProductCount) + 1)));
            await host.KillAsync();
            await ExecuteAsync(source, $"DROP SCHEMA {schema} CASCADE; CHECKPOINT");
        }

        Print($"SQL sink, {eventCount:N0} events of {ProductCount} products", sink);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"of a processor, in its own process, per event",-50} {Medians.Of(processor),10:F1} µs, start included"));
        Print("raw COPY of the same rows", copy);
        Print("SQL sink, events as they are recorded", live);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the sink's share of it           {Medians.Of(sink.Zip(copy, (ours, raw) => ours / raw)),10:P0}"));
    }

    /// <summary>Nobody can write for a while, and as many events come again: what the host's memory does.</summary>
    private static async Task<string> StallAsync(HostProcess host, NpgsqlDataSource source, string schema, Func<Task> writeAsync)
    {
        var before = host.MemoryMb;
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand($"LOCK TABLE {schema}.checkpoints IN SHARE MODE", connection))
            await command.ExecuteNonQueryAsync();
        await writeAsync();
        var highest = 0.0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Stalled; await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System))
            highest = Math.Max(highest, host.MemoryMb);
        return string.Create(CultureInfo.InvariantCulture, $"memory of the host: {before:N0} MB when all was written, at most {highest:N0} MB while the database held it up with as many events waiting");
    }

    /// <summary>Events per second from the tenth part, when the new process is warm, to the last.</summary>
    private static async Task<double> CatchUpAsync(NpgsqlDataSource source, string schema, int eventCount)
    {
        await AwaitAsync(source, schema, eventCount / 10);
        var (start, before) = (Stopwatch.GetTimestamp(), await WrittenAsync(source, schema));
        await AwaitAsync(source, schema, eventCount);
        return (eventCount - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Task AwaitAsync(NpgsqlDataSource source, string schema, long count) =>
        Eventually.Async(async () => await WrittenAsync(source, schema) >= count, Deadline, $"{count} events are written");

    // No transaction markers lie in this topic, so offsets count events.
    private static async Task<long> WrittenAsync(NpgsqlDataSource source, string schema)
    {
        await using var command = source.CreateCommand($"SELECT coalesce(sum(next_offset), 0)::bigint FROM {schema}.checkpoints");
        try
        {
            return (long)(await command.ExecuteScalarAsync())!;
        }
        catch (PostgresException notYet) when (notYet.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return 0;
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        foreach (var statement in sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void Print(string what, List<double> values) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-50} {Medians.Of(values),10:N0} events/s   ({string.Join(", ", values.Select(value => value.ToString("N0", CultureInfo.InvariantCulture)))})"));
}
