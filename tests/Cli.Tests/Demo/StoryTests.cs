using Streaming.Cli.Api;
using Streaming.Cli.Demo;

namespace Streaming.Cli.Tests.Demo;

public sealed class StoryTests : IDisposable
{
    private readonly RememberingHosts _hosts = new();

    [Fact]
    public async Task It_goes_from_100_over_200_and_230_to_190()
    {
        var told = await TellAsync();
        foreach (var record in new[] { "100 │ 2022-01-01    │ 2022-02-01", "200 │ 2022-03-01    │ 2022-02-01", "230 │ 2022-03-15    │ 2022-03-15", "190 │ 2022-03-15    │ 2022-04-01" })
            told.ShouldContain(record);
        told.ShouldContain("XYZ-1 ends with 190 units.");
    }

    [Fact]
    public async Task Told_twice_it_is_the_same_with_the_same_commands()
    {
        var first = await TellAsync();
        (await TellAsync()).ShouldBe(first);
        _hosts.CommandIds.Count.ShouldBe(2 * 17);
        _hosts.CommandIds.Distinct().Count().ShouldBe(17);
    }

    [Fact]
    public async Task A_late_sale_changes_business_time_from_its_day_on()
    {
        var told = await TellAsync();
        told.ShouldMatch("2022-03-09 *│ *200 *│ *200 *│ *│");
        told.ShouldMatch("2022-03-10 *│ *200 *│ *195 *│ *-5 *│");
    }

    [Fact]
    public async Task An_answer_that_is_not_there_yet_is_awaited()
    {
        _hosts.NotYetCount = 2;
        (await TellAsync()).ShouldContain("190");
    }

    [Fact]
    public async Task A_product_with_another_history_is_named()
    {
        using var http = Connect();
        var commands = new CommandApi(new HostClient(http, TimeProvider.System));
        await commands.SendAsync("inventory", "XYZ-1", "register", new { reason = "by hand", occurredAt = "2021-05-05" }, "by-hand", 0, CancellationToken.None);
        (await Should.ThrowAsync<Failure>(() => TellAsync())).Message.ShouldContain("XYZ-1 has another history: event 1");
    }

    private async Task<string> TellAsync()
    {
        using var http = Connect();
        var output = new StringWriter();
        var host = new HostClient(http, TimeProvider.System);
        var stock = new StockApi(host);
        await DemoCommand.TellAsync(
            new StoryPlayer(new CommandApi(host), stock), new LateSaleProof(stock), new StoryPrinter(Terminal.Open(output, isRedirected: true)),
            CancellationToken.None);
        return output.ToString();
    }

    public void Dispose() => _hosts.Dispose();

    private HttpClient Connect() => new(_hosts, disposeHandler: false) { BaseAddress = new Uri("http://127.0.0.1/") };
}
