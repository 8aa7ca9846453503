using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>Commands that wait on the topic, decided by a real host: until the last result is committed. A raw loop does the same beside it, a
/// process of its own like the host.</summary>
/// <remarks>Each is warmed up with as many commands before, then held by SIGSTOP while those that are measured are written.</remarks>
internal static class CommandBenchmark
{
    private const int RoundCount = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static readonly IReadOnlyDictionary<string, string> OnlyDeciding = new Dictionary<string, string>
    {
        ["Commands__Roles__Api"] = "false", ["Commands__Roles__Fulfilment"] = "false",
    };

    private static readonly IReadOnlyList<Contender> Contenders =
    [
        new("raw loop", null),
        new("host, decides only", OnlyDeciding),
        new("host, all its roles", new Dictionary<string, string>()),
    ];

    public static async Task RunAsync(int commandCount)
    {
        await using var embedded = await BrokerProcess.StartAsync();
        var brokers = new List<(string Name, string BootstrapServers)> { ("embedded broker", embedded.BootstrapServers) };
        if (RealServers.Has(RealServer.Kafka))
            brokers.Add(("Apache Kafka", await RealServers.KafkaAsync()));

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{commandCount:N0} commands from the topic to the committed result; medians of {RoundCount}, each ratio of one round"));
        foreach (var (name, bootstrapServers) in brokers)
        {
            var rounds = new List<IReadOnlyList<Figures>>();
            for (var round = 0; round < RoundCount; round++)
            {
                var figures = new List<Figures>();
                foreach (var contender in Contenders)
                    figures.Add(await MeasureAsync(contender, bootstrapServers, commandCount));
                rounds.Add(figures);
            }

            for (var i = 0; i < Contenders.Count; i++)
                Print(name, Contenders[i].Name, [.. rounds.Select(round => (round[i], round[0]))]);
        }
    }

    private static void Print(string broker, string contender, IReadOnlyList<(Figures Own, Figures Raw)> rounds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{broker,-18} {contender,-20} {Medians.Of(rounds.Select(round => round.Own.Rate)),8:N0}/s, {Medians.Of(rounds.Select(round => round.Own.ProcessorMicroseconds)),5:F1} µs of a processor each, {Medians.Of(rounds.Select(round => round.Own.Rate / round.Raw.Rate)):F2} of the raw loop   ({string.Join(", ", rounds.Select(round => round.Own.Rate.ToString("N0", CultureInfo.InvariantCulture)))})"));

    private static async Task<Figures> MeasureAsync(Contender contender, string bootstrapServers, int commandCount)
    {
        var prefix = SomeNames.Prefix();
        var topics = TopicCatalogue.Inventory.WithPrefix(prefix);
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = bootstrapServers, Topic = SomeNames.Name("_schemas") });
        await using var process = await StartAsync(contender, bootstrapServers, registry.Url, prefix, topics);
        using var results = new CommittedResults(bootstrapServers, topics.Results);
        await WaitingCommands.WriteAsync(bootstrapServers, registry.Url, topics, first: 0, commandCount);
        results.Await(commandCount);

        process.Pause();
        await WaitingCommands.WriteAsync(bootstrapServers, registry.Url, topics, first: commandCount, commandCount);
        var before = process.ProcessorTime;
        process.Resume();
        var elapsed = results.Await(commandCount);
        return new(commandCount / elapsed.TotalSeconds, (process.ProcessorTime - before).TotalMicroseconds / commandCount);
    }

    private static async Task<HostProcess> StartAsync(
        Contender contender, string bootstrapServers, string registryUrl, string prefix, ContextTopics topics)
    {
        if (contender.Settings is null)
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
            await admin.CreateTopicsAsync(new[] { topics.Commands, topics.Events, topics.Results }.Select(topic => new TopicSpecification
            {
                Name = topic.Name, NumPartitions = topic.PartitionCount, ReplicationFactor = 1,
            }));
            var loop = new HostProcess("Streaming.Benchmarks", new Dictionary<string, string>(), RawLoop.Argument, bootstrapServers, registryUrl, prefix);
            loop.Start();
            return loop;
        }

        var host = new HostProcess("Streaming.CommandHost", new Dictionary<string, string>(contender.Settings)
        {
            ["Kafka__BootstrapServers"] = bootstrapServers,
            ["SchemaRegistry__Url"] = registryUrl,
            ["Topics__Prefix"] = prefix,
            ["Commands__Processor__SessionTimeoutMs"] = "300000",   // It stays in its group while it is held.
        });
        await host.StartReadyAsync(Deadline);
        return host;
    }

    /// <param name="Settings">Of a command host; null for the raw loop.</param>
    private sealed record Contender(string Name, IReadOnlyDictionary<string, string>? Settings);

    private sealed record Figures(double Rate, double ProcessorMicroseconds);
}
