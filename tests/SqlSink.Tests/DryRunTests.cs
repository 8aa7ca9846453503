using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;
using Streaming.Tests;

namespace Streaming.SqlSink.Tests;

/// <summary>The SQL sink's host with <c>--dry-run</c>, as a process of its own, over a database in which nothing is.</summary>
public sealed class DryRunTests(Servers servers) : IClassFixture<Servers>
{
    [Fact]
    public async Task History_is_projected_in_memory_and_neither_log_nor_database_knows_of_it()
    {
        var prefix = SomeNames.Prefix();
        await CreateTopicsAsync(prefix);
        using var log = new EventLog(servers.Kafka.BootstrapServers, servers.Registry.Url, prefix);
        await log.AppendFirstVersionsAsync();
        await log.AppendAsync(ProductHistory.Reference(), ProductHistory.Reference("XYZ-2"));
        // What the projection, the database's types and the log's own rules refuse, each.
        await log.AppendAsync(new ProductHistory("NUL").Register("2022-01-01", name: "a\0b"));
        await log.WriteAsync(EventLog.PartitionOf("GAP"), await log.MessageAsync(new ProductHistory("GAP").Register("2022-01-01").Events[0], sequence: 2));
        var erased = new ProductHistory("GONE").Register("2022-01-01").Receive(1, "2022-01-02");
        await log.AppendAsync(erased);
        await log.EraseAsync(erased);
        var database = await servers.Postgres.CreateDatabaseAsync();
        var before = await ClusterContent.OfAsync(servers.Kafka.BootstrapServers, prefix);

        var run = await RunAsync(prefix, database);

        run.ExitCode.ShouldBe(1, $"{run}");
        run.Output.ShouldContain($"Done: {FirstVersions.Events.Count + 8 + 8 + 1 + 1 + 4} events");
        run.Output.ShouldContain(", 2 errors.");
        run.Output.ShouldContain($"1 x would be parked, first {log.Topic}-{EventLog.PartitionOf("NUL")}@");
        run.Output.ShouldContain("GAP has sequence 2 where 1 was due");
        run.Output.ShouldContain($"1 x would stop its partition, first {log.Topic}-{EventLog.PartitionOf("GAP")}@");
        run.Output.ShouldContain("4 events belong to erased aggregates");
        run.Output.ShouldContain("The database was neither read nor written");
        (await ClusterContent.OfAsync(servers.Kafka.BootstrapServers, prefix)).ShouldBe(before);
        (await TablesAsync(database)).ShouldBe(0);

        // From tomorrow on there is no history; what began before today is judged and not folded.
        run = await RunAsync(prefix, database, "--from", $"{TimeProvider.System.GetUtcNow().AddDays(1):yyyy-MM-dd}");
        run.ExitCode.ShouldBe(0, $"{run}");
        run.Output.ShouldContain("Done: 0 events, 0 of 0 offsets");
    }

    private Task<ProgramRun> RunAsync(string prefix, string database, params string[] arguments) => ProgramRun.OfAsync(HostProcess.AssemblyOf("Streaming.SqlSink"), new Dictionary<string, string>
    {
        ["Kafka__BootstrapServers"] = servers.Kafka.BootstrapServers,
        ["SchemaRegistry__Url"] = servers.Registry.Url,
        ["Topics__Prefix"] = prefix,
        ["Database__ConnectionString"] = database,
    }, ["--dry-run", .. arguments]);

    private async Task CreateTopicsAsync(string prefix)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers.Kafka.BootstrapServers }).Build();
        await admin.CreateTopicsAsync(TopicCatalogue.All.Select(context => context.WithPrefix(prefix)).SelectMany(context => new[] { context.Events, context.Erasures })
            .Select(topic => new TopicSpecification { Name = topic.Name, NumPartitions = topic.PartitionCount, Configs = new Dictionary<string, string>(topic.Settings) }));
    }

    private static async Task<long> TablesAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
