using System.CommandLine;
using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary><c>streamctl demo</c>: plays the story against running hosts and tells it. Again and again with the same outcome.</summary>
internal static class DemoCommand
{
    private const string First = "XYZ-1";
    private const string Second = "XYZ-2";

    public static Command Create()
    {
        var (commands, stock, key) = (HostOption.Commands(), HostOption.Stock(), HostOption.Key());
        var demo = new Command("demo", "Plays the three stories and tells them: stock, an account, two orders.") { commands, stock, key };
        demo.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var commandHost = HostOption.Connect(commands, arguments.GetValue(commands), arguments.GetValue(key));
                using var stockHost = HostOption.Connect(stock, arguments.GetValue(stock), arguments.GetValue(key));
                var stockApi = new StockApi(new HostClient(stockHost, TimeProvider.System));
                var host = new HostClient(commandHost, TimeProvider.System);
                var (commandApi, log) = (new CommandApi(host), new LogApi(host));
                var printer = new StoryPrinter(Terminal.Open(Console.Out, Console.IsOutputRedirected));
                await TellAsync(new StoryPlayer(commandApi, stockApi), new LateSaleProof(stockApi), printer, cancellationToken);
                await TellAsync(new AccountStory(commandApi, log), printer, cancellationToken);
                await TellAsync(new OrderStory(commandApi, log, TimeProvider.System), printer, cancellationToken);
                return 0;
            }
            catch (Failure failure)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return 1;
            }
        });
        return demo;
    }

    internal static async Task TellAsync(StoryPlayer player, LateSaleProof proof, StoryPrinter printer, CancellationToken cancellationToken)
    {
        printer.Timeline($"The story of {First}", await player.PlayAsync(First, ReferenceStory.Steps, cancellationToken));
        var records = new List<(DateOnly, StockRecord)>();
        foreach (var (date, expected) in ReferenceStory.Records(First))
            records.Add((date, await player.ReadAsync(date, expected, cancellationToken)));
        printer.Records(records);

        var history = await player.PlayAsync(Second, [.. ReferenceStory.Steps, ReferenceStory.LateSale], cancellationToken);
        printer.Timeline($"{Second}: the same story, and a sale that is recorded last although it happened before", history);
        printer.Days(First, Second, await proof.ByBusinessTimeAsync(First, Second, cancellationToken));
        printer.Recordings(Second, await proof.ByRecordedTimeAsync(history, Second, cancellationToken));
        printer.Close(records[^1].Item2);
    }

    internal static async Task TellAsync(AccountStory story, StoryPrinter printer, CancellationToken cancellationToken) => printer.Account(
        $"Account {AccountStory.Account}: a wrong entry is taken back by another one, and {AccountStory.BalanceAtTheEnd:0.00} are left", await story.PlayAsync(cancellationToken));

    internal static async Task TellAsync(OrderStory story, StoryPrinter printer, CancellationToken cancellationToken)
    {
        await story.PrepareAsync(cancellationToken);
        printer.Fulfilment($"{OrderStory.Fulfilled}: an order is a walk through four contexts, each on partitions of its own", await story.FulfilAsync(cancellationToken));
        printer.Fulfilment($"{OrderStory.RolledBack}: the risk check says no, and what was done is undone", await story.FailAsync(cancellationToken));
        printer.Holdings($"Shelf of {OrderStory.Product} and account {OrderStory.Account} after both", await story.HoldingsAsync(cancellationToken));
    }
}
