using System.CommandLine;
using Streaming.Cli.Api;
using Streaming.Cli.Lake;
using Streaming.Cli.Sinks;

namespace Streaming.Cli.Demo;

/// <summary><c>streamctl demo</c>: plays the story against running hosts and tells it. Again and again with the same outcome.</summary>
internal static class DemoCommand
{
    private const string First = "XYZ-1";
    private const string Second = "XYZ-2";
    private const string Words = "product xyz";

    private static readonly string[] Readers = ["sql-sink", "elastic-sink", "lake-sink", "notifications"];

    // A lake's batch waits a minute by default.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static Command Create()
    {
        var (commands, stock, search, mail, lake, key) = (HostOption.Commands(), HostOption.Stock(), HostOption.Search(), HostOption.Mail(), HostOption.Lake(), HostOption.Key());
        var demo = new Command("demo", "Plays the stories against a running stack and tells them: what happens, what reads it, how that is operated.")
        {
            commands, stock, search, mail, lake, key,
        };
        return SinkAccess.On(demo, async (access, arguments, cancellationToken) =>
        {
            using var commandHost = HostOption.Connect(commands, arguments.GetValue(commands), arguments.GetValue(key));
            using var stockHost = HostOption.Connect(stock, arguments.GetValue(stock), arguments.GetValue(key));
            using var searchHost = HostOption.Connect(search, arguments.GetValue(search), arguments.GetValue(key));
            using var mailHost = HostOption.Connect(mail, arguments.GetValue(mail), null);
            var lakeReader = LakeReader.Open(arguments.GetValue(lake) is { Length: > 0 } url ? url : throw new Failure($"Give {lake.Name}, or read the stack's addresses (.streaming/addresses.env)."));
            var stockApi = new StockApi(new HostClient(stockHost, TimeProvider.System));
            var host = new HostClient(commandHost, TimeProvider.System);
            var (commandApi, log) = (new CommandApi(host), new LogApi(host));
            var searchApi = new SearchApi(new HostClient(searchHost, TimeProvider.System));
            var patience = new Patience(Limit, TimeProvider.System);
            var destinations = new Destinations(stockApi, searchApi, lakeReader, patience);
            var sinks = new SinkWatch(access, patience, TimeProvider.System);
            var printer = new StoryPrinter(Terminal.Open(Console.Out, Console.IsOutputRedirected));

            printer.Part("1. What happens: three stories", "A command is decided and becomes events. Each of them stands in the log once, at topic-partition@offset.");
            await TellAsync(new StoryPlayer(commandApi, stockApi), new LateSaleProof(stockApi), printer, cancellationToken);
            await TellAsync(new AccountStory(commandApi, log), printer, cancellationToken);
            await TellAsync(new OrderStory(commandApi, log, TimeProvider.System), printer, cancellationToken);

            printer.Part("2. Who reads it: four programs", "Each reads at its own pace and keeps its own position: into PostgreSQL, into search, into a lake of files, into mail.");
            await sinks.CaughtUpAsync(Readers, cancellationToken);
            await TellAsync(destinations, printer, cancellationToken);
            printer.Messages(await new MailApi(new HostClient(mailHost, TimeProvider.System)).SentAsync(cancellationToken));

            printer.Part("3. How it is operated", "The log is the truth. What was made of it may stand still, be made again, or be replaced.");
            printer.Pause(await new PauseStory(commandApi, stockApi, searchApi, destinations, sinks).PlayAsync(cancellationToken));
            printer.Reset(await new ResetStory(stockApi, sinks).PlayAsync(cancellationToken));
            await new RebuildStory(access, stockApi, printer, Given(arguments, "--kafka", "--prefix")).PlayAsync(cancellationToken);
        });
    }

    private static List<string> Given(ParseResult arguments, params IEnumerable<string> options) =>
        [.. options.SelectMany(option => arguments.GetValue<string?>(option) is { Length: > 0 } value ? new[] { option, value } : [])];

    private static async Task TellAsync(Destinations destinations, StoryPrinter printer, CancellationToken cancellationToken)
    {
        printer.Figures(
        [
            await destinations.UnitsAsync(First, cancellationToken), await destinations.UnitsAsync(Second, cancellationToken), await destinations.UnitsAsync(OrderStory.Product, cancellationToken),
            await destinations.BalanceAsync(AccountStory.Account, cancellationToken), await destinations.BalanceAsync(OrderStory.Account, cancellationToken),
        ]);
        printer.Found(Words, await destinations.FoundAsync(Words, count: 2, cancellationToken));
        printer.Months(AccountStory.Account, await destinations.MonthsAsync(AccountStory.Account, cancellationToken));
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
