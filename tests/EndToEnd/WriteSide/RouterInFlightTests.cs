using System.Diagnostics;
using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.Chaos.Workload;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>A host that is lost while its router has a transaction open: what orders are to hear is written, and not committed.</summary>
public abstract class RouterInFlightTests(Func<Task<ICluster>> startCluster)
{
    private const string Router = "/streaming/router";
    private const int Kills = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    // The group's patience and the way of a rebalance, with a margin; far below the time-out.
    private static readonly TimeSpan GoesOn = TimeSpan.FromSeconds(120);

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Commands__Processor__TransactionTimeoutMs"] = "600000",
        ["Commands__Router__TransactionTimeoutMs"] = "600000",
    };

    [ConformanceFact]
    public async Task When_its_host_is_killed_its_successor_ends_it_at_once_and_every_order_is_told_everything_once()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await startCluster(), Settings, running: 1);
        using var open = new OpenTransactions(stage.BootstrapServers, Commands(stage));
        await using var reader = new CommittedReader(stage.BootstrapServers, Commands(stage), Router);
        await using var callers = Callers.Start(stage, Day(new Shop(seed)), atOnce: 4);
        var lost = new List<OpenRecord>();
        var (running, other) = (stage.Hosts[0], stage.Hosts[1]);
        for (var caught = 0; caught < Kills;)
        {
            await callers.MoreAsync(100);
            var left = await running.KillWithinTransactionAsync(open, callers, IsRouted);
            await TakenOverAsync(other, open, left, seed);
            (running, other) = (other, running);
            lost.AddRange(left);
            caught += left.Count > 0 ? 1 : 0;
        }

        await other.StartReadyAsync(Deadline);
        await EndWellAsync(stage, callers, reader, lost, seed);
    }

    [ConformanceFact]
    public async Task When_its_host_wakes_after_the_partitions_moved_every_order_is_told_everything_once()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await startCluster(), Settings, running: 1);
        using var open = new OpenTransactions(stage.BootstrapServers, Commands(stage));
        await using var reader = new CommittedReader(stage.BootstrapServers, Commands(stage), Router);
        await using var callers = Callers.Start(stage, Day(new Shop(seed)), atOnce: 4);
        await callers.MoreAsync(100);
        await stage.Hosts[0].PauseWithinTransactionAsync(open, callers, IsRouted);
        IReadOnlyList<OpenRecord> late = [.. (await open.LookAsync()).Where(IsRouted)];
        late.ShouldNotBeEmpty($"seed {seed}");
        await TakenOverAsync(stage.Hosts[1], open, late, seed);

        // It wakes with a transaction to commit, under the id of a partition that it takes for its own.
        stage.Hosts[0].Resume();
        await callers.MoreAsync(100);
        await stage.AllReadyAsync();
        await EndWellAsync(stage, callers, reader, late, seed);
    }

    private static async Task TakenOverAsync(HostProcess successor, OpenTransactions open, IReadOnlyList<OpenRecord> left, int seed)
    {
        var lost = Stopwatch.GetTimestamp();
        await successor.StartReadyAsync(Deadline);
        await Eventually.Async(
            async () => !(await open.LookAsync()).Intersect(left).Any(), GoesOn - Stopwatch.GetElapsedTime(lost), $"{left.Count} open records are ended (seed {seed})\n{successor.Output}");
    }

    private static async Task EndWellAsync(Stage stage, Callers callers, CommittedReader reader, IReadOnlyCollection<OpenRecord> lost, int seed)
    {
        await callers.StopAsync();
        await new Settling(stage, _ => { }).SettleAsync(Deadline, callers.Late);
        LogCheck.Violations(stage.Read(LogCheck.Contexts, callers.Late), callers.Told, isSettled: true).ShouldBeEmpty($"seed {seed}");
        await Eventually.Async(() => !lost.Select(record => record.Id).Except(reader.Ids).Any(), Eventually.DefaultDeadline, $"what was lost is routed again (seed {seed})");
        reader.Ids.Count.ShouldBe(reader.Ids.Distinct().Count(), $"seed {seed}");
    }

    private static bool IsRouted(OpenRecord record) => record.Source == Router;

    private static string Commands(Stage stage) => $"{stage.Prefix}fulfilment.commands";

    private static IEnumerable<PlannedCommand> Day(Shop shop) =>
        shop.Opening().Concat(shop.Stocking()).Concat(Enumerable.Range(1, int.MaxValue - 1).Select(shop.Next));
}

[Trait("Run", "soak")]   // How long it takes to catch a router within a transaction is a matter of luck.
public sealed class RouterInFlightOnTheEmbeddedBrokerTests() : RouterInFlightTests(EmbeddedCluster.StartAsync);

[Trait("Run", "soak")]
[Needs(RealServer.Kafka)]
public sealed class RouterInFlightOnApacheKafkaTests() : RouterInFlightTests(async () => new RunningCluster(await RealServers.KafkaAsync()));
