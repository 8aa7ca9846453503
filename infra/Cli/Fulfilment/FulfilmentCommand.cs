using System.CommandLine;
using System.Text.Json;
using Streaming.Cli.Api;

namespace Streaming.Cli.Fulfilment;

/// <summary><c>streamctl fulfilment</c>: which orders are on their way, which wait for an operator, and what an operator does about them.</summary>
internal static class FulfilmentCommand
{
    public static Command Create() => new("fulfilment", "Shows and moves the fulfilment of orders.")
    {
        Listing("open", "Orders that are on their way, the longest unchanged first."),
        Listing("stuck", "Orders that wait for an operator, the longest unchanged first."),
        Showing(),
        Moving("resume", "Asks again for everything that a stuck order waits for."),
        Moving("cancel", "Undoes what was done for an order: what is shipped stays shipped."),
        GivingUp(),
    };

    private static Command Listing(string name, string description)
    {
        var json = new Option<bool>("--json") { Description = "Tell programs: the host's answer as it is." };
        return On(new Command(name, description) { json }, async (host, arguments, cancellationToken) =>
        {
            var answer = await host.GetAsync<JsonElement>($"fulfilment/{name}", cancellationToken);
            if (arguments.GetValue(json))
                Console.WriteLine(answer.GetRawText());
            else
                new FulfilmentPrinter(Terminal.Open(Console.Out, Console.IsOutputRedirected)).List(answer.GetProperty("fulfilments").Deserialize<List<OpenOrder>>(JsonSerializerOptions.Web)!);
        });
    }

    private static Command Showing()
    {
        var order = new Argument<string>("order") { Description = "The order's id." };
        return On(new Command("show", "The whole story of one order, from the log.") { order }, async (host, arguments, cancellationToken) =>
        {
            var id = arguments.GetRequiredValue(order);
            var events = await new LogApi(host).EventsAsync("fulfilment", id, atLeast: 0, cancellationToken);
            new FulfilmentPrinter(Terminal.Open(Console.Out, Console.IsOutputRedirected)).Story(id, events);
        });
    }

    private static Command Moving(string action, string description)
    {
        var order = new Argument<string>("order") { Description = "The order's id." };
        var reason = new Option<string?>("--reason") { Description = "Why: it stays on record." };
        return On(new Command(action, description) { order, reason }, (host, arguments, cancellationToken) =>
            AskAsync(host, arguments.GetRequiredValue(order), action, new { reason = arguments.GetValue(reason) }, cancellationToken));
    }

    private static Command GivingUp()
    {
        var order = new Argument<string>("order") { Description = "The order's id." };
        var by = new Option<string>("--by") { Description = "Who answers for it: it stays on record.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, and how the money is settled instead: it stays on record.", Required = true };
        var command = new Command("give-up-refund", "Goes on without a refund that can never be made, such as one to a closed account.") { order, by, reason };
        return On(command, (host, arguments, cancellationToken) => AskAsync(
            host, arguments.GetRequiredValue(order), "give-up-refund",
            new { decidedBy = arguments.GetRequiredValue(by), reason = arguments.GetRequiredValue(reason) }, cancellationToken));
    }

    private static async Task AskAsync(HostClient host, string order, string action, object body, CancellationToken cancellationToken)
    {
        var version = await new CommandApi(host).AskAsync("fulfilment", order, action, body, $"streamctl-{Guid.CreateVersion7()}", cancellationToken);
        Console.WriteLine($"{action} {order}: accepted, version {version}. streamctl fulfilment show {order} tells what came of it.");
    }

    private static Command On(Command command, Func<HostClient, ParseResult, CancellationToken, Task> action)
    {
        var (commands, key) = (HostOption.Commands(), HostOption.Key());
        command.Add(commands);
        command.Add(key);
        command.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var http = HostOption.Connect(commands, arguments.GetValue(commands), arguments.GetValue(key));
                await action(new HostClient(http, TimeProvider.System), arguments, cancellationToken);
                return 0;
            }
            catch (Failure failure)
            {
                await Console.Error.WriteLineAsync(failure.Message);
                return 1;
            }
        });
        return command;
    }
}
