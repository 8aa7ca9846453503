using System.Text.Json;
using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>Two orders for one product from one account: the first is fulfilled; the second fails its risk check, and everything is undone.</summary>
internal sealed class OrderStory(CommandApi commands, LogApi log, TimeProvider time)
{
    public const string Product = "ABC-1";
    public const string Account = "12346";
    public const string Fulfilled = "ORDER-1";
    public const string RolledBack = "ORDER-2";

    private const string Currency = "USD";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>What the orders need: ten units on the shelf, 300.00 on the account.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await SendAsync("inventory", Product, "register", new { name = "Teapot" }, 0, cancellationToken);
        await SendAsync("inventory", Product, "receive", new { quantity = 10, reason = "First delivery" }, 1, cancellationToken);
        await SendAsync("accounts", Account, "open", new { holder = "Ada Byron", currency = Currency, openingBalance = "300.00" }, 0, cancellationToken);
    }

    public Task<IReadOnlyList<LoggedEvent>> FulfilAsync(CancellationToken cancellationToken) =>
        PlaceAsync(Fulfilled, customer: "customer-7", quantity: 2, "FulfilmentCompleted", cancellationToken);

    public Task<IReadOnlyList<LoggedEvent>> FailAsync(CancellationToken cancellationToken) =>
        PlaceAsync(RolledBack, customer: "blocked-7", quantity: 3, "FulfilmentRolledBack", cancellationToken);

    /// <summary>What is on the shelf and on the account now.</summary>
    public async Task<Holdings> HoldingsAsync(CancellationToken cancellationToken)
    {
        var (stock, account) = (await log.StateAsync("inventory", Product, cancellationToken), await log.StateAsync("accounts", Account, cancellationToken));
        return new(stock.GetProperty("onHand").GetInt32(), stock.GetProperty("reserved").GetInt32(), Text(account, "balance"), Text(account, "held"));
    }

    private async Task<IReadOnlyList<LoggedEvent>> PlaceAsync(string order, string customer, int quantity, string end, CancellationToken cancellationToken)
    {
        object body = new { customerId = customer, accountId = Account, currency = Currency, lines = new[] { new { sku = Product, quantity, unitPrice = "45.00" } } };
        await SendAsync("orders", order, "place", body, 0, cancellationToken);
        var events = await EndedAsync(order, cancellationToken);
        return events[^1].Name == end ? events : throw new Failure($"{order} ended with {events[^1].Name}, {end} was expected. Is the risk check of the stack running?");
    }

    private async Task<IReadOnlyList<LoggedEvent>> EndedAsync(string order, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var atLeast = 1L; ;)
        {
            var events = await log.EventsAsync("fulfilment", order, atLeast, cancellationToken);
            if (events[^1].Name is "FulfilmentCompleted" or "FulfilmentRolledBack")
                return events;
            if (time.GetElapsedTime(started) > Patience)
                throw new Failure($"{order} is still at {events[^1].Name} after {Patience.TotalSeconds} s: streamctl fulfilment stuck tells more.");
            atLeast = events[^1].Sequence;
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private Task<bool> SendAsync(string context, string id, string action, object body, long version, CancellationToken cancellationToken) =>
        commands.SendAsync(context, id, action, body, $"story-{id}-{version + 1}", version, cancellationToken);

    private static string Text(JsonElement state, string field) => state.GetProperty(field).ToString();

    /// <summary>Stock and money of the story, at some moment.</summary>
    internal sealed record Holdings(int OnHand, int Reserved, string Balance, string Held);
}
