using System.Collections.Concurrent;
using Npgsql;
using Streaming.Chaos;
using Streaming.Chaos.Workload;
using Streaming.EndToEnd.Tests.Audit;
using Streaming.EndToEnd.Tests.Workload;
using Streaming.Fixtures;
using Streaming.LogChecker;
using Streaming.Serdes.Registry;

namespace Streaming.EndToEnd.Tests;

/// <summary>The whole pipeline under load, its hosts killed without warning at random moments; afterwards the log and the tables are audited.</summary>
public abstract class FaultsTests(KafkaFixture kafka, RegistryFixture registry, PostgresFixture postgres)
{
    private const int CommandCount = 20_000;
    private const int SkuCount = 200;
    private const int CallersAtOnce = 64;
    private const int KillsOfEach = 3;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    [ConformanceFact]
    public async Task Every_command_has_one_outcome_whatever_is_killed()
    {
        var seed = Seeds.Next();
        using var late = new CancellationTokenSource(Deadline);
        var prefix = SomeNames.Prefix();
        var connectionString = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Pooling = true }.ConnectionString;
        await using var database = NpgsqlDataSource.Create(connectionString);
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = prefix,
            ["Database__ConnectionString"] = connectionString,
        };
        await using var commandHost = new HostProcess("Streaming.CommandHost", settings);
        await using var sink = new HostProcess("Streaming.SqlSink", settings);
        await commandHost.StartReadyAsync(StartDeadline);
        await sink.StartReadyAsync(StartDeadline);

        var told = new ConcurrentQueue<ToldAnswer>();
        var load = SendAllAsync(commandHost.Url, seed, told, late.Token);
        await KillAtRandomAsync([commandHost, sink], seed, told, load, late.Token);
        await load;

        using var schemas = new SchemaRegistryClient(registry.Url);
        var log = new LogReader(kafka.BootstrapServers, schemas, prefix).Read(["inventory"], late.Token);
        LogCheck.Violations(log, told, isSettled: true).ShouldBeEmpty($"seed {seed}");
        told.Count.ShouldBe(CommandCount, $"seed {seed}");
        log.Events.Count.ShouldBe(told.Count(answer => answer.IsAccepted), $"seed {seed}");

        await sink.ReadyAsync(StartDeadline);
        await Eventually.Async(async () => await SqlAudit.CountAsync(database) >= log.Events.Count, StartDeadline, $"the sink has written all {log.Events.Count} events (seed {seed})\n{sink.Output}");
        (await SqlAudit.DifferencesAsync(database, log.Events)).ShouldBeEmpty($"seed {seed}");
    }

    private static async Task SendAllAsync(Uri commands, int seed, ConcurrentQueue<ToldAnswer> told, CancellationToken late)
    {
        using var caller = new PatientCaller([commands]);
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = CallersAtOnce, CancellationToken = late };

        // Products first: what comes before its registration is refused, which is right, but leaves little to audit.
        var plan = InventoryPlan.Of(seed, SkuCount, CommandCount).ToList();
        foreach (var part in new[] { plan.Take(SkuCount), plan.Skip(SkuCount) })
            await Parallel.ForEachAsync(part, atOnce, async (command, cancellation) => told.Enqueue(await caller.AskAsync(command, cancellation)));
    }

    /// <summary>Each host dies <see cref="KillsOfEach"/> times, spread over the load at moments that the seed chooses, and is started again at once.</summary>
    private static async Task KillAtRandomAsync(IReadOnlyList<HostProcess> hosts, int seed, ConcurrentQueue<ToldAnswer> told, Task load, CancellationToken late)
    {
        var random = new Random(seed);
        var moments = Enumerable.Range(0, KillsOfEach * hosts.Count)
            .Select(kill => (At: random.Next(CommandCount / 20, CommandCount * 19 / 20), Host: hosts[kill % hosts.Count]))
            .OrderBy(moment => moment.At);
        foreach (var (at, host) in moments)
        {
            await Eventually.Async(() => told.Count >= at || load.IsFaulted || late.IsCancellationRequested, Deadline, $"{at} commands are answered (seed {seed})\n{host.Output}");
            if (load.IsFaulted)
                return;
            late.ThrowIfCancellationRequested();
            await host.KillAsync();
            host.Start();
        }
    }
}

public sealed class FaultsOnTheEmbeddedStackTests(KafkaFixture kafka, RegistryFixture registry, PostgresFixture postgres)
    : FaultsTests(kafka, registry, postgres), IClassFixture<KafkaFixture>, IClassFixture<RegistryFixture>, IClassFixture<PostgresFixture>;

[Trait("Run", "soak")]
[Needs(RealServer.Kafka)]
[Needs(RealServer.Registry)]
public sealed class FaultsOnApacheKafkaTests(RealKafkaFixture kafka, RealRegistryFixture registry, PostgresFixture postgres)
    : FaultsTests(kafka, registry, postgres), IClassFixture<RealKafkaFixture>, IClassFixture<RealRegistryFixture>, IClassFixture<PostgresFixture>;
