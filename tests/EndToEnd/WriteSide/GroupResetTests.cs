using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.EndToEnd.Tests.Workload;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>A command group that somebody sets back to the beginning: every command is read again, and none is decided again.</summary>
public abstract class GroupResetTests(Func<Task<ICluster>> startCluster, Func<CommandGroup, Task> resetAsync)
{
    private const int CommandCount = 400;
    private const int SkuCount = 40;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [ConformanceFact]
    public async Task Nothing_is_done_twice_within_the_duplicates_window_and_after_it()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await startCluster(), running: 1);
        await using var callers = Callers.Start(stage, InventoryPlan.Of(seed, SkuCount, CommandCount));
        await callers.AllAsync();
        var first = await callers.EndWellAsync(stage, seed);
        first.Results.Count.ShouldBe(CommandCount, $"seed {seed}");
        var group = new CommandGroup(stage, "inventory");

        await stage.Hosts[0].StopAsync();
        await resetAsync(group);
        await stage.Hosts[0].StartReadyAsync(Deadline);
        var again = await ResultsAsync(stage, callers, 2 * CommandCount, seed);
        again.Results.Distinct().Count().ShouldBe(CommandCount, $"Each has its first result again (seed {seed}).");
        Happened(again).ShouldBe(Happened(first), $"seed {seed}");

        await stage.Hosts[0].StopAsync();
        await resetAsync(group);
        await using var forgetful = stage.NewHost(new Dictionary<string, string> { ["Commands__Processor__DuplicatesWindow"] = "00:00:01" });
        await forgetful.StartReadyAsync(Deadline);
        var expired = await ResultsAsync(stage, callers, 3 * CommandCount, seed);
        expired.Results.Count(result => result.Refusal?.StartsWith("expired", StringComparison.Ordinal) == true).ShouldBe(CommandCount, $"seed {seed}");
        Happened(expired).ShouldBe(Happened(first), $"seed {seed}");
        (await group.LagAsync()).ShouldBe(0, $"seed {seed}");
        LogCheck.Violations(expired, callers.Told, isSettled: true).ShouldBeEmpty($"seed {seed}");
    }

    private static async Task<CommittedLog> ResultsAsync(Stage stage, Callers callers, int count, int seed)
    {
        CommittedLog? log = null;
        await Eventually.Async(
            () => (log = stage.Read(InventoryChecks.Contexts, callers.Late)).Results.Count >= count, Deadline, $"{count} results stand in the log (seed {seed})");
        return log!;
    }

    private static IEnumerable<string> Happened(CommittedLog log) => log.Events.Select(logged => $"{logged.Partition}@{logged.Offset} {logged} {logged.EventId}").Order();
}

/// <summary>By the admin API, which every client has.</summary>
public sealed class GroupResetByTheAdminApiTests() : GroupResetTests(EmbeddedCluster.StartAsync, group => group.ResetToEarliestAsync());

/// <summary>By <c>kafka-consumer-groups</c>, on our broker.</summary>
[Trait("Run", "soak")]
[Needs(RealServer.KafkaTools)]
public sealed class GroupResetByKafkasToolTests() : GroupResetTests(EmbeddedCluster.StartAsync, group => group.ResetToEarliestByToolAsync());

[Trait("Run", "soak")]
[Needs(RealServer.Kafka)]
[Needs(RealServer.KafkaTools)]
public sealed class GroupResetOnApacheKafkaTests()
    : GroupResetTests(async () => new RunningCluster(await RealServers.KafkaAsync()), group => group.ResetToEarliestByToolAsync());
