using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Streaming.Benchmarks.Commands;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Local.Postgres;
using Streaming.Registry;

namespace Streaming.Benchmarks.Visibility;

/// <summary>From the answer "accepted" until a reader of each destination sees what it did: by a SELECT, by a search, by a read of the lake's log. All sinks run at once.</summary>
internal static class VisibilityBenchmark
{
    private const int SkuCount = 200;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(int perSecond)
    {
        using var home = new TempFolder("bench-postgres");
        using var lake = new TempFolder("bench-lake");
        await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Home = home.Path }, TimeProvider.System);
        await using var search = await SearchProcess.StartAsync();
        await using var broker = await BrokerProcess.StartAsync();
        await using var registry = await RegistryServer.StartAsync(
            new RegistryServerOptions { BootstrapServers = broker.BootstrapServers, Topic = SomeNames.Name("_schemas") });
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        var prefix = SomeNames.Prefix();
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = prefix,
            ["Database__ConnectionString"] = postgres.Url,
            ["Elastic__Url"] = search.Url,
            ["Lake__Url"] = lake.Path,
        };
        await using var commands = new HostProcess("Streaming.CommandHost", settings);
        await using var sql = new HostProcess("Streaming.SqlSink", settings);
        await using var elastic = new HostProcess("Streaming.ElasticSink", settings);
        await using var lakeSink = new HostProcess("Streaming.LakeSink", settings);
        await Task.WhenAll(new[] { commands, sql, elastic, lakeSink }.Select(host => host.StartReadyAsync(Deadline)));

        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = commands.Url };
        for (var sku = 0; sku < SkuCount; sku++)
            await http.PostCommandAsync($"/inventory/SKU-{sku}/register", """{"name": "measured"}""");
        await OpenLoop.RunAsync(perSecond, Warm, (number, _) => PostAsync(http, number));

        using var lakeReader = new LakeReader(lake.Path, broker.BootstrapServers, TopicCatalogue.Inventory.WithPrefix(prefix).Events);
        using var searching = new HttpClient { BaseAddress = new Uri(search.Url) };
        var destinations = new[]
        {
            new Observed("SQL", () => SqlReader.ReadAsync(database)),
            new Observed("search", () => SearchReader.ReadAsync(searching, SkuCount)),
            new Observed("lake", lakeReader.ReadAsync),
        };
        await OpenLoop.RunAsync(perSecond, Measured, async (number, _) =>
        {
            var version = await PostAsync(http, number);
            var accepted = Stopwatch.GetTimestamp();
            foreach (var destination in destinations)
                destination.Expect($"SKU-{number % SkuCount}", version, accepted);
        });
        foreach (var destination in destinations)
        {
            var latencies = await destination.AllSeenAsync(Deadline);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{perSecond}/s, visible in {destination.Name,-7} p50 {Medians.Quantile(latencies, 0.5):N0} ms, p99 {Medians.Quantile(latencies, 0.99):N0} ms, max {latencies.Max():N0} ms, {latencies.Count:N0} events"));
        }
    }

    private static Task<long> PostAsync(HttpClient http, int number) =>
        http.PostCommandAsync($"/inventory/SKU-{number % SkuCount}/receive", """{"quantity": 1, "reason": "measured"}""");
}
