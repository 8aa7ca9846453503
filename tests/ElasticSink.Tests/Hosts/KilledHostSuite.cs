using Streaming.Avro;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Fixtures;

namespace Streaming.ElasticSink.Tests.Hosts;

/// <summary>The real host in a process of its own: killed while it writes, and started again.</summary>
public abstract class KilledHostSuite(HostServers servers)
{
    private const int KillCount = 3;
    private const int EventCount = 3_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [ConformanceFact]
    public async Task However_often_it_is_killed_its_documents_equal_a_fold_of_the_log()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var installation = new Installation(servers);
        var settings = installation.Settings;
        settings["Sinks__BatchEventsMax"] = "40";
        settings["Sinks__InstanceId"] = "one";   // Or the next one would wait until the group has given the killed one up.
        await using var host = new HostProcess("Streaming.ElasticSink", settings);
        await host.StartReadyAsync(Deadline);

        var records = Some.StockEvents(productCount: 30, EventCount).Select(recorded => recorded.Record)
            .Concat(Enumerable.Range(0, 50).SelectMany(account => Some.AccountEvents($"{account}").Select(recorded => recorded.Record))).ToList();
        for (var kill = 0; kill < KillCount; kill++)
        {
            var (first, end) = (records.Count * kill / KillCount, records.Count * (kill + 1) / KillCount);
            var before = await installation.PassedAsync();
            var writing = WriteAsync(installation.Log, records[first..end]);
            // Somewhere within what is being written: in the middle of a batch, of a request, between documents and checkpoint.
            await installation.AwaitPassedAsync(before + random.Next(1, (end - first) * 3 / 4), () => host.Output);
            await host.KillAsync();
            await writing;
            host.Start();
        }

        await installation.AwaitPassedAsync(records.Count, () => $"seed {seed}\n{host.Output}");
        await installation.VerifyAsync($"seed {seed}");
    }

    private static async Task WriteAsync(EventWriter log, List<IAvroRecord> records)
    {
        foreach (var some in records.Chunk(100))
            await log.WriteAsync(some);
    }
}

public sealed class KilledHostTests(EmbeddedHostServers servers) : KilledHostSuite(servers), IClassFixture<EmbeddedHostServers>;

[Needs(RealServer.Kafka)]
[Needs(RealServer.Search)]
[Trait("Run", "soak")]
public sealed class RealKilledHostTests(RealHostServers servers) : KilledHostSuite(servers), IClassFixture<RealHostServers>;
