using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Streaming.Fixtures;
using Streaming.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>Latency of a command over HTTP, from sending to the answer, at a fixed rate: callers do not wait for each other.</summary>
internal static class HttpBenchmark
{
    private const int SkuCount = 200;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(15);   // Until the host's code is compiled at its best.
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(IReadOnlyList<int> rates)
    {
        await using var embedded = await BrokerProcess.StartAsync();
        foreach (var perSecond in rates)
            await MeasureAsync("embedded broker", embedded.BootstrapServers, perSecond);
        if (!RealServers.Has(RealServer.Kafka))
            return;
        foreach (var perSecond in rates)
            await MeasureAsync("Apache Kafka", await RealServers.KafkaAsync(), perSecond);
    }

    private static async Task MeasureAsync(string name, string bootstrapServers, int perSecond)
    {
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = bootstrapServers, Topic = SomeNames.Name("_schemas") });
        await using var host = new HostProcess("Streaming.CommandHost", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = bootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = SomeNames.Prefix(),
        });
        await host.StartReadyAsync(Deadline);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = host.Url };
        for (var sku = 0; sku < SkuCount; sku++)
            await http.PostCommandAsync($"/inventory/SKU-{sku}/register", """{"name": "measured"}""");

        await LoadAsync(http, perSecond, Warm);
        var latencies = await LoadAsync(http, perSecond, Measured);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-18} {perSecond}/s over HTTP: p50 {Medians.Quantile(latencies, 0.5):F1} ms, p99 {Medians.Quantile(latencies, 0.99):F1} ms, max {latencies.Max():F0} ms, {latencies.Count:N0} answers"));
    }

    /// <summary>Latencies in milliseconds.</summary>
    private static async Task<IReadOnlyCollection<double>> LoadAsync(HttpClient http, int perSecond, TimeSpan time)
    {
        var latencies = new ConcurrentBag<double>();
        await OpenLoop.RunAsync(perSecond, time, async (number, turn) =>
        {
            await http.PostCommandAsync($"/inventory/SKU-{number % SkuCount}/receive", """{"quantity": 1, "reason": "measured"}""");
            latencies.Add(Stopwatch.GetElapsedTime(turn).TotalMilliseconds);
        });
        return latencies;
    }
}
