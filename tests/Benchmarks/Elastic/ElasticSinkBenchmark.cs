using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.Benchmarks.Sql;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Registry;

namespace Streaming.Benchmarks.Elastic;

/// <summary>
/// The Elastic sink's host on the embedded search node, each in a process of its own, and on a real search server where there is one: catching up, as a
/// rebuild does, and keeping up with events that are written at full speed; by turns with bare bulk requests of the same documents. Every event makes a
/// document, and the document before it is read.
/// </summary>
internal static class ElasticSinkBenchmark
{
    private const int EventsPerProduct = 5;
    private const int RoundCount = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int eventCount)
    {
        await using (var own = await SearchProcess.StartAsync())
            await RunAsync(new MeasuredNode("the embedded search node", own.Url, own), eventCount);
        if (RealServers.Has(RealServer.Search))
            await RunAsync(new MeasuredNode("a real search server", await RealServers.SearchAsync(), Own: null), eventCount);
    }

    private static async Task RunAsync(MeasuredNode node, int eventCount)
    {
        await using var broker = await BrokerProcess.StartAsync();
        await using var registry = await RegistryServer.StartAsync(
            new RegistryServerOptions { BootstrapServers = broker.BootstrapServers, Topic = SomeNames.Name("_schemas") });
        using var http = new HttpClient { BaseAddress = new Uri(node.Url), Timeout = Deadline };
        var bulk = new RawBulk(http);
        Task WriteAsync(string prefix) => StockEvents.WriteAsync(
            broker.BootstrapServers, registry.Url, TopicCatalogue.Inventory.WithPrefix(prefix).Events, eventCount, eventCount / EventsPerProduct);
        HostProcess Host(string topicPrefix, string indexPrefix) => new("Streaming.ElasticSink", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Elastic__Url"] = node.Url,
            ["Elastic__IndexPrefix"] = indexPrefix,
            ["Topics__Prefix"] = topicPrefix,
            ["Sinks__InstanceId"] = "one",   // The next one takes the partitions over at once.
        });

        var (rebuild, raw, live, memory) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (ofHost, ofNode, ofRaw) = (new List<double>(), new List<double>(), new List<double>());
        var prefix = SomeNames.Prefix();
        for (var round = 0; round < RoundCount; round++)
        {
            var indices = $"round{round}-";
            await using var host = Host(prefix, indices);
            await host.StartReadyAsync(Deadline);
            if (round == 0)
            {
                // The host makes the topics, and is then away while the events are written, so that it finds them all waiting.
                await host.KillAsync();
                await WriteAsync(prefix);
                host.Start();
            }

            var (rate, hostEach, nodeEach) = await CatchUpAsync(http, host, node, prefix, indices, eventCount);
            rebuild.Add(rate);
            ofHost.Add(hostEach);
            ofNode.Add(nodeEach);
            memory.Add(host.MemoryMb);
            await host.KillAsync();
            var (rawRate, rawEach) = await bulk.MeasureAsync(node, indices + "products-g1-m1", EventsPerProduct);
            raw.Add(rawRate);
            ofRaw.Add(rawEach);
            await DeleteAsync(http, indices);

            var livePrefix = SomeNames.Prefix();
            await using var following = Host(livePrefix, indices + "live-");
            await following.StartReadyAsync(Deadline);
            var start = Stopwatch.GetTimestamp();
            await WriteAsync(livePrefix);
            await AwaitAsync(http, livePrefix, indices + "live-", eventCount);
            live.Add(eventCount / Stopwatch.GetElapsedTime(start).TotalSeconds);
            await following.KillAsync();
            await DeleteAsync(http, indices + "live-");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{node.Name}: {eventCount:N0} events of {eventCount / EventsPerProduct:N0} products; medians of {RoundCount} rounds by turns"));
        Print("Elastic sink, in catch-up or rebuild", rebuild);
        Print("Elastic sink, events as they are recorded", live);
        Print("raw _bulk of the same documents", raw);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"the sink's share of it, in rebuild",-50} {Medians.Of(rebuild.Zip(raw, (ours, bare) => ours / bare)),10:P0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"the sink's share of it, live",-50} {Medians.Of(live.Zip(raw, (ours, bare) => ours / bare)),10:P0}"));
        if (node.Own is null)
            return;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"of a processor per event: host, node",-50} {Medians.Of(ofHost),10:F1} µs, {Medians.Of(ofNode):F1} µs, once it is warm"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"of a processor per document, raw: client and node",-50} {Medians.Of(ofRaw),10:F1} µs"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"memory of the host, then of the node",-50} {Medians.Of(memory),10:N0} MB, {node.Own.MemoryMb:N0} MB"));
    }

    /// <summary>Events per second, and what each takes of a processor in host and node, from the tenth part, when the new process is warm, to the last.</summary>
    private static async Task<(double Rate, double HostEach, double NodeEach)> CatchUpAsync(
        HttpClient http, HostProcess host, MeasuredNode node, string prefix, string indices, int eventCount)
    {
        await AwaitAsync(http, prefix, indices, eventCount / 10);
        var (start, before) = (Stopwatch.GetTimestamp(), await WrittenAsync(http, prefix, indices));
        var (hostBefore, nodeBefore) = (host.ProcessorTime, node.ProcessorTime);
        await AwaitAsync(http, prefix, indices, eventCount);
        var count = eventCount - before;
        return (count / Stopwatch.GetElapsedTime(start).TotalSeconds,
            (host.ProcessorTime - hostBefore).TotalMicroseconds / count, (node.ProcessorTime - nodeBefore).TotalMicroseconds / count);
    }

    private static Task AwaitAsync(HttpClient http, string prefix, string indices, long count) =>
        Eventually.Async(async () => await WrittenAsync(http, prefix, indices) >= count, Deadline, $"{count} events are written");

    // No transaction markers lie in this topic, so offsets count events.
    private static async Task<long> WrittenAsync(HttpClient http, string prefix, string indices)
    {
        var topic = TopicCatalogue.Inventory.WithPrefix(prefix).Events;
        using var answer = await http.PostAsJsonAsync(
            new Uri($"/{indices}checkpoints/_mget", UriKind.Relative), new { ids = Enumerable.Range(0, topic.PartitionCount).Select(partition => $"g1/{topic.Name}/{partition}") });
        if (!answer.IsSuccessStatusCode)
            return 0;
        var found = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return found.GetProperty("docs").EnumerateArray()
            .Sum(document => document.TryGetProperty("_source", out var source) ? source.GetProperty("checkpoint").GetProperty("nextOffset").GetInt64() : 0);
    }

    private static async Task DeleteAsync(HttpClient http, string indices)
    {
        foreach (var name in new[] { "products", "orders", "fulfilments", "accounts", "account-movements" })
            await http.DeleteAsync(new Uri($"/{indices}{name}-g1-m1", UriKind.Relative));
    }

    private static void Print(string what, List<double> values) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-50} {Medians.Of(values),10:N0} events/s   ({string.Join(", ", values.Select(value => value.ToString("N0", CultureInfo.InvariantCulture)))})"));
}
