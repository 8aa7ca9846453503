using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Local.Risk;

namespace Streaming.EndToEnd.Tests;

/// <summary>What a newcomer sees first: the stories, told by the real program against real hosts.</summary>
public sealed class DemoTests(KafkaFixture kafka, RegistryFixture registry, PostgresFixture postgres)
    : IClassFixture<KafkaFixture>, IClassFixture<RegistryFixture>, IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_three_stories_are_told_and_told_again_alike()
    {
        await using var risk = await RiskServer.StartAsync(FreePorts.One(), limit: 10_000, NullLoggerFactory.Instance, CancellationToken.None);
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = SomeNames.Prefix(),
            ["RiskCheck__Url"] = risk.Url,
            ["Database__ConnectionString"] = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()).ConnectionString,
        };
        await using var commandHost = new HostProcess("Streaming.CommandHost", settings);
        await using var sink = new HostProcess("Streaming.SqlSink", settings);
        await commandHost.StartReadyAsync(Deadline);
        await sink.StartReadyAsync(Deadline);

        var told = await RunAsync(commandHost, sink, "demo");
        told.ShouldContain("XYZ-1 ends with 190 units.");
        told.ShouldMatch("EntryReversed *│ *\\+75.00 *│ *1200.00");
        told.ShouldMatch("FulfilmentCompleted *│ *shipped and paid");
        told.ShouldMatch("RollbackStarted *│ *risk-declined");
        told.ShouldMatch("8 *│ *0 *│ *210.00 *│ *0.00");
        (await RunAsync(commandHost, sink, "demo")).ShouldBe(told);

        (await RunAsync(commandHost, sink, "fulfilment", "stuck")).ShouldBe("None.\n");
        (await RunAsync(commandHost, sink, "fulfilment", "show", "ORDER-2")).ShouldContain("FulfilmentRolledBack");
    }

    private static async Task<string> RunAsync(HostProcess commandHost, HostProcess sink, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root!, "artifacts", "bin", "Streaming.Cli", "release", "streamctl.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["COMMANDS_URL"] = commandHost.Url.ToString(), ["STOCK_URL"] = sink.Url.ToString() },
        };
        using var program = Process.Start(start) ?? throw new InvalidOperationException("streamctl could not be started.");
        var (output, error) = (program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync());
        await program.WaitForExitAsync();
        program.ExitCode.ShouldBe(0, $"{await error}\n{commandHost.Output}");
        return await output;
    }
}
