using System.Diagnostics;
using System.Globalization;
using Streaming.Commands.Records;
using Streaming.Fixtures;
using Streaming.Registry;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Restoring;

/// <summary>How long a partition takes to restore, with and without snapshots, against a raw consume loop over the same records.</summary>
internal static class RestoreBenchmark
{
    private const string AsItComes = "raw loop, as it comes";
    private const string KeyAndValue = "raw loop, key and value";
    private const int RoundCount = 3;
    private const int EventsPerAggregate = 10;

    public static async Task RunAsync(int aggregateCount)
    {
        await using var embedded = await BrokerProcess.StartAsync();
        var brokers = new List<(string Name, string BootstrapServers)> { ("embedded broker", embedded.BootstrapServers) };
        if (RealServers.Has(RealServer.Kafka))
            brokers.Add(("Apache Kafka", await RealServers.KafkaAsync()));

        foreach (var (name, bootstrapServers) in brokers)
        {
            await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = bootstrapServers, Topic = SomeNames.Name("_schemas") });
            using var client = new SchemaRegistryClient(new SchemaRegistryOptions { Url = registry.Url });
            var partition = new LargePartition(bootstrapServers, new RecordFormat(client, Contracts.AvroRecords.All), client);
            await partition.WriteEventsAsync(aggregateCount, EventsPerAggregate);
            Print(name, aggregateCount, Measure(partition));
        }
    }

    private static List<Measured> Measure(LargePartition partition)
    {
        var rounds = new List<Measured>();
        for (var round = 0; round < RoundCount; round++)
        {
            rounds.Add(Time(AsItComes, () => partition.Consume("all")));
            rounds.Add(Time(KeyAndValue, () => partition.Consume("none")));
            rounds.Add(Time("restore by events", () => partition.Restore(withSnapshots: false)));
        }

        partition.WriteSnapshots();
        for (var round = 0; round < RoundCount; round++)
            rounds.Add(Time("restore by snapshots", () => partition.Restore(withSnapshots: true)));
        return rounds;
    }

    private static Measured Time(string what, Func<(long Records, object Keep)> run)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        var (records, keep) = run();
        var elapsed = Stopwatch.GetElapsedTime(started);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(keep);
        return new(what, records, elapsed, after - before);
    }

    private static void Print(string broker, int aggregateCount, List<Measured> rounds)
    {
        var (asItComes, keyAndValue) = (Median(AsItComes), Median(KeyAndValue));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{broker}: one partition, {aggregateCount:N0} aggregates with {EventsPerAggregate} events each; medians of {RoundCount}; last columns: how many times as fast as each raw loop"));
        Console.WriteLine($"{"",-26} {"records",12} {"s",8} {"records/s",12} {"kept MB",9} {"as it comes",12} {"key, value",11}");
        foreach (var same in rounds.GroupBy(round => round.What))
        {
            var seconds = Medians.Of(same.Select(round => round.Elapsed.TotalSeconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{same.Key,-26} {same.First().Records,12:N0} {seconds,8:F2} {same.First().Records / seconds,12:N0} {Medians.Of(same.Select(round => round.KeptBytes / 1e6)),9:F1} {asItComes / seconds,12:F2} {keyAndValue / seconds,11:F2}"));
        }

        double Median(string what) => Medians.Of(rounds.Where(round => round.What == what).Select(round => round.Elapsed.TotalSeconds));
    }

    private sealed record Measured(string What, long Records, TimeSpan Elapsed, long KeptBytes);
}
