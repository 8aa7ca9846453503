using System.Globalization;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>Commands that wait on the topic, decided by a real host: from the first committed result to the last.</summary>
internal static class CommandBenchmark
{
    private const int RoundCount = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int commandCount)
    {
        await using var embedded = await BrokerProcess.StartAsync();
        var brokers = new List<(string Name, string BootstrapServers)> { ("embedded broker", embedded.BootstrapServers) };
        if (RealServers.Has(RealServer.Kafka))
            brokers.Add(("Apache Kafka", await RealServers.KafkaAsync()));

        var rates = brokers.ToDictionary(broker => broker.Name, _ => new List<(double Ours, double Raw)>());
        for (var round = 0; round < RoundCount; round++)
        {
            foreach (var (name, bootstrapServers) in brokers)
                rates[name].Add(await MeasureAsync(bootstrapServers, commandCount));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{commandCount:N0} commands from the topic to the committed result, and a raw consume-transform-produce loop over the same; medians of {RoundCount}"));
        foreach (var (name, values) in rates)
        {
            var (ours, raw) = (Medians.Of(values.Select(value => value.Ours)), Medians.Of(values.Select(value => value.Raw)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-18} {ours,10:N0} commands/s, raw loop {raw,10:N0}/s, ratio {Medians.Of(values.Select(value => value.Ours / value.Raw)):F2}   ({string.Join(", ", values.Select(value => value.Ours.ToString("N0", CultureInfo.InvariantCulture)))})"));
        }
    }

    private static async Task<(double Ours, double Raw)> MeasureAsync(string bootstrapServers, int commandCount)
    {
        var prefix = SomeNames.Prefix();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = bootstrapServers, Topic = SomeNames.Name("_schemas") });
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = bootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = prefix,
        };

        // The host makes the topics, and is then away while the commands are written, so that it finds them all waiting.
        await using var host = new HostProcess("Streaming.CommandHost", settings);
        await host.StartReadyAsync(Deadline);
        await host.KillAsync();
        var topics = TopicCatalogue.Inventory.WithPrefix(prefix);
        await WaitingCommands.WriteAsync(bootstrapServers, registry.Url, topics, commandCount);
        using var raw = await RawLoop.StartAsync(bootstrapServers, registry.Url, topics);
        var reference = CommittedResults.Await(bootstrapServers, raw.Results, commandCount);
        raw.Stop();
        host.Start();
        return (CommittedResults.Await(bootstrapServers, topics.Results, commandCount), reference);
    }
}
