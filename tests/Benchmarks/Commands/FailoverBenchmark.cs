using System.Diagnostics;
using System.Globalization;
using Streaming.Broker;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>How long commands wait when one of two hosts is killed with -9: a command for every partition, sent to the other host at once.</summary>
internal static class FailoverBenchmark
{
    private const int RoundCount = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly string[] Skus = [.. Enumerable.Range(0, TopicCatalogue.PartitionCount).Select(SkuOn)];

    public static async Task RunAsync()
    {
        foreach (var sessionTimeoutMs in new[] { 6_000, 3_000 })
            await MeasureAsync(sessionTimeoutMs);
    }

    private static async Task MeasureAsync(int sessionTimeoutMs)
    {
        using var data = new TempFolder("failover");
        await using var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = data.Path, Groups = new() { SessionTimeoutMsMin = sessionTimeoutMs } });
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = broker.BootstrapServers });
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Commands__Processor__SessionTimeoutMs"] = sessionTimeoutMs.ToString(CultureInfo.InvariantCulture),
            ["Commands__Api__Wait"] = "00:00:40",
        };
        await using var dying = new HostProcess("Streaming.CommandHost", settings);
        await using var living = new HostProcess("Streaming.CommandHost", settings);
        await living.StartReadyAsync(Deadline);
        using var http = new HttpClient { BaseAddress = living.Url };
        foreach (var sku in Skus)
            await http.PostCommandAsync($"/inventory/{sku}/register", """{"name": "measured"}""");

        var seconds = new List<double>();
        for (var round = 0; round < RoundCount; round++)
        {
            await dying.StartReadyAsync(Deadline);
            await Task.WhenAll(Skus.Select(sku => http.PostCommandAsync($"/inventory/{sku}/receive", """{"quantity": 1}""")));
            await dying.KillAsync();
            var killed = Stopwatch.GetTimestamp();
            await Task.WhenAll(Skus.Select(sku => http.PostCommandAsync($"/inventory/{sku}/receive", """{"quantity": 1}""")));
            seconds.Add(Stopwatch.GetElapsedTime(killed).TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"session timeout {sessionTimeoutMs} ms: the last partition decides again after {Medians.Of(seconds):F1} s (longest {seconds.Max():F1} s of {RoundCount})"));
    }

    private static string SkuOn(int partition) =>
        Enumerable.Range(0, int.MaxValue).Select(number => $"SKU-{number}").First(sku => Murmur2.Partition(sku, TopicCatalogue.PartitionCount) == partition);
}
