using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Local.Postgres;
using Streaming.Registry;

namespace Streaming.Benchmarks.Sql;

/// <summary>A second generation of the SQL sink's tables beside the live one, and the proof that both hold the same, as an operator asks for it.</summary>
internal static class ProofBenchmark
{
    private const int ProductCount = 1_000;
    private const int RoundCount = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int eventCount)
    {
        using var home = new TempFolder("bench-proof");
        await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Home = home.Path }, TimeProvider.System);
        await using var broker = await BrokerProcess.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = broker.BootstrapServers });
        await using var host = new HostProcess("Streaming.SqlSink", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Database__ConnectionString"] = postgres.Url,
        });
        await host.StartReadyAsync(Deadline);
        await StockEvents.WriteAsync(broker.BootstrapServers, registry.Url, TopicCatalogue.Inventory.Events, eventCount, ProductCount);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await Eventually.Async(async () => await CountAsync(source) >= eventCount, Deadline, $"{eventCount} events are written");

        var streamctl = new Streamctl(new Dictionary<string, string> { ["KAFKA_BOOTSTRAP"] = broker.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = registry.Url });
        var rebuild = await MeasureAsync(streamctl, "rebuild");
        // What a table that was just filled costs its first readers is paid before.
        await using (var vacuum = source.CreateCommand("VACUUM ANALYZE"))
            await vacuum.ExecuteNonQueryAsync();
        var proofs = new List<double>();
        for (var round = 0; round < RoundCount; round++)
            proofs.Add(await MeasureAsync(streamctl, "verify"));

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{eventCount:N0} events, {2 * eventCount:N0} rows on each side: rebuild {rebuild:F1} s, verify {Medians.Of(proofs):F1} s ({string.Join(", ", proofs.Select(proof => proof.ToString("F1", CultureInfo.InvariantCulture)))})"));
    }

    private static async Task<double> MeasureAsync(Streamctl streamctl, string step)
    {
        var start = Stopwatch.GetTimestamp();
        var run = await streamctl.RunAsync("sinks", step, "sql");
        return run.ExitCode == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException($"{step}: {run}");
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT count(*) FROM streaming.audit_log");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
