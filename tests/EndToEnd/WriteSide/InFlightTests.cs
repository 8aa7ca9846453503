using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.EndToEnd.Tests.Workload;
using Streaming.Fixtures;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>A host that is lost in the middle of a transaction: its events are written, and not committed.</summary>
public abstract class InFlightTests(Func<Task<ICluster>> startCluster)
{
    private const int Kills = 3;
    private const int SkuCount = 60;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    // Far longer than the tests take: it is the next owner who ends a transaction, and not the time.
    private static readonly Dictionary<string, string> Settings = new() { ["Commands__Processor__TransactionTimeoutMs"] = "600000" };

    [ConformanceFact]
    public async Task A_transaction_in_flight_when_its_host_is_killed_is_decided_again_by_the_next_owner()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await startCluster(), Settings, running: 1);
        using var open = new OpenTransactions(stage.BootstrapServers, $"{stage.Prefix}inventory.events");
        await using var reader = new CommittedReader(stage.BootstrapServers, $"{stage.Prefix}inventory.events");
        await using var callers = Callers.Start(stage, InventoryPlan.Of(seed, SkuCount, int.MaxValue));
        var lost = new List<OpenRecord>();
        var (running, other) = (stage.Hosts[0], stage.Hosts[1]);
        for (var caught = 0; caught < Kills;)
        {
            await callers.MoreAsync(100);
            var left = await running.KillWithinTransactionAsync(open, callers);
            await other.StartReadyAsync(StartDeadline);
            (running, other) = (other, running);
            lost.AddRange(left);
            caught += left.Count > 0 ? 1 : 0;
        }

        await callers.MoreAsync(100);
        var log = await callers.EndWellAsync(stage, seed);
        await lost.NeverSeenAsync(log, reader, seed);
    }

    [ConformanceFact]
    public async Task A_host_that_wakes_after_its_partitions_moved_does_no_harm()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await startCluster(), Settings, running: 1);
        using var open = new OpenTransactions(stage.BootstrapServers, $"{stage.Prefix}inventory.events");
        await using var reader = new CommittedReader(stage.BootstrapServers, $"{stage.Prefix}inventory.events");
        await using var callers = Callers.Start(stage, InventoryPlan.Of(seed, SkuCount, int.MaxValue));
        await callers.MoreAsync(100);
        var (sleeper, successor) = (stage.Hosts[0], stage.Hosts[1]);
        await sleeper.PauseWithinTransactionAsync(open, callers);
        var late = await open.LookAsync();
        await successor.StartReadyAsync(StartDeadline);
        await callers.MoreAsync(100);

        // It wakes with a transaction to commit, callers to answer, and partitions that it takes for its own.
        sleeper.Resume();
        await callers.MoreAsync(200);
        await sleeper.ReadyAsync(StartDeadline);

        late.ShouldNotBeEmpty($"seed {seed}");
        var log = await callers.EndWellAsync(stage, seed);
        await late.NeverSeenAsync(log, reader, seed);
    }
}

public sealed class InFlightOnTheEmbeddedBrokerTests() : InFlightTests(EmbeddedCluster.StartAsync);

[Trait("Run", "soak")]
[Needs(RealServer.Kafka)]
public sealed class InFlightOnApacheKafkaTests() : InFlightTests(async () => new RunningCluster(await RealServers.KafkaAsync()));
