using Streaming.Fixtures;

namespace Streaming.Local.Tests.Scripts;

/// <summary>make up and make down, as a person runs them.</summary>
public sealed class StackTests : IAsyncDisposable
{
    private static readonly string[] Programs =
        ["Streaming.CommandHost", "Streaming.ElasticSink", "Streaming.LakeSink", "Streaming.Local", "Streaming.Notifications", "Streaming.SqlSink"];

    private readonly ScriptedStack _stack = new();
    private readonly HttpClient _http = new();

    [Fact]
    public async Task What_was_killed_all_at_once_is_started_again_at_the_same_addresses_and_stopped_without_a_rest()
    {
        await _stack.RunAsync("up");
        var addresses = _stack.Addresses;
        _stack.Processes.Keys.Order().ShouldBe(Programs);
        foreach (var program in Programs)
            await _stack.KillAsync(program);

        // A port that somebody else has taken meanwhile is replaced, and said.
        if (!(await _stack.RunAsync("up")).Contains("is taken", StringComparison.Ordinal))
            _stack.Addresses.ShouldBe(addresses);
        addresses = _stack.Addresses;
        foreach (var host in new[] { "COMMANDS_URL", "STOCK_URL", "SEARCH_QUERIES_URL", "LAKE_SINK_URL", "NOTIFICATIONS_URL" })
            (await _http.GetStringAsync($"{addresses[host]}/health/ready")).ShouldContain("Healthy", customMessage: host);
        (await _http.GetStringAsync(addresses["SEARCH_URL"])).ShouldContain("\"version\"");
        (await _http.GetStringAsync(addresses["MAIL_URL"])).ShouldBe("[]");

        (await _stack.RunAsync("down")).ShouldContain("Stopped.");
        _stack.Processes.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task Each_process_is_killed_in_turn_and_started_again_while_the_others_stay()
    {
        await _stack.RunAsync("up");
        var addresses = _stack.Addresses;
        foreach (var killed in Programs)
        {
            var before = _stack.Processes;
            await _stack.KillAsync(killed);
            await _stack.RunAsync("up");
            _stack.Addresses.ShouldBe(addresses, customMessage: killed);
            var stayed = _stack.Processes.Where(process => before[process.Key] == process.Value).Select(process => process.Key);
            // Without their servers the hosts are started anew, too.
            stayed.Count().ShouldBe(killed == "Streaming.Local" ? 0 : Programs.Length - 1, killed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stack.DisposeAsync();
        _http.Dispose();
    }
}
