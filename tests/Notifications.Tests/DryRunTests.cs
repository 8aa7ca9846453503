using Streaming.Fixtures;
using Streaming.Notifications.Tests.Support;

namespace Streaming.Notifications.Tests;

/// <summary>The host of notifications with <c>--dry-run</c>: it tells what it would do, and leaves no trace.</summary>
public sealed class DryRunTests(Servers servers) : IClassFixture<Servers>, IAsyncLifetime
{
    private readonly string _prefix = SomeNames.Prefix();
    private Receiver _receiver = null!;
    private OrderLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _log = await OrderLog.CreateAsync(servers.Kafka.BootstrapServers, servers.Registry.Url, _prefix);
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Errors_are_counted_with_where_they_lie_nobody_is_called_and_nothing_is_left_behind()
    {
        await _log.AcceptAsync("O-1");
        await _log.AcceptAsync("O-2");
        await _log.SpoilAsync("O-2", 2);
        await _log.SpoilAsync("O-2", 3);
        await _log.SpoilAsync("O-3", 1);
        var before = await ClusterContent.OfAsync(servers.Kafka.BootstrapServers, _prefix);

        var run = await RunAsync("--as", "Live");

        run.ExitCode.ShouldBe(1, $"{run}");
        run.Output.ShouldContain("Done: 5 events, 5 of 5 offsets");
        run.Output.ShouldContain(", 3 errors.");
        run.Output.ShouldContain($"2 x would be parked, first {_log.Topic}-");
        run.Output.ShouldContain("its value has no registry prefix");
        run.Output.ShouldContain("/messages was never recorded for this event, and a replay calls nobody.");
        run.Output.ShouldContain("wait behind an error of their aggregate, and were not tried.");
        _receiver.Calls.ShouldBeEmpty();
        (await ClusterContent.OfAsync(servers.Kafka.BootstrapServers, _prefix)).ShouldBe(before);
    }

    [Fact]
    public async Task Without_an_error_it_ends_with_0_and_counts_the_calls_that_were_left_out()
    {
        await _log.AcceptAsync("O-4");
        await _log.AcceptAsync("O-5");

        var run = await RunAsync("--as=Live", "--Gateway:OnMissing=Skip");
        run.ExitCode.ShouldBe(0, $"{run}");
        run.Output.ShouldContain("2 events would have called somebody, who was not called");

        // A new sink is silent about history, and asks for no call.
        run = await RunAsync("--max", "1");
        run.ExitCode.ShouldBe(0, $"{run}");
        run.Output.ShouldContain("Done: 1 events");
        run.Output.ShouldNotContain("would have called");
        _receiver.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--from is 'yesterday'", "--from", "yesterday")]
    [InlineData("--max is the most events to read", "--max", "0")]
    public async Task What_makes_no_sense_is_refused(string reason, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        run.ExitCode.ShouldBe(1, $"{run}");
        run.Error.ShouldContain(reason);
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_not_made()
    {
        var run = await ProgramRun.OfAsync(HostProcess.AssemblyOf("Streaming.Notifications"), new Dictionary<string, string>(Settings()) { ["Topics__Prefix"] = _prefix + "other." }, "--dry-run");
        run.ExitCode.ShouldBe(2, $"{run}");
        run.Output.ShouldContain($"there is no topic {_prefix}other.orders.events");
        (await ClusterContent.OfAsync(servers.Kafka.BootstrapServers, _prefix + "other.")).ShouldBeEmpty();
    }

    private Task<ProgramRun> RunAsync(params string[] arguments) =>
        ProgramRun.OfAsync(HostProcess.AssemblyOf("Streaming.Notifications"), Settings(), ["--dry-run", .. arguments]);

    private Dictionary<string, string> Settings() => new()
    {
        ["Kafka__BootstrapServers"] = servers.Kafka.BootstrapServers,
        ["SchemaRegistry__Url"] = servers.Registry.Url,
        ["Topics__Prefix"] = _prefix,
        ["Notifications__Url"] = new Uri(_receiver.Url, "/messages").ToString(),
    };
}
