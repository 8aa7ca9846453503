using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>An account, told by its entries: 500.00 → 1200.00, with a wrong entry that is taken back, not edited.</summary>
internal sealed class AccountStory(CommandApi commands, LogApi log)
{
    public const string Account = "12345";
    public const decimal BalanceAtTheEnd = 1_200.00m;

    private const string Currency = "USD";

    /// <param name="Change">What the account's balance changes by.</param>
    private sealed record Step(string Action, object Body, decimal Change);

    private static readonly IReadOnlyList<Step> Steps =
    [
        new("open", new { holder = "Damon Allison", currency = Currency, openingBalance = "500.00", reason = "Opened at the counter", occurredAt = "2022-01-03" }, 500.00m),
        new("withdraw", new { amount = "100.00", currency = Currency, reason = "Cash", occurredAt = "2022-01-10" }, -100.00m),
        new("deposit", new { amount = "800.00", currency = Currency, reason = "Salary", occurredAt = "2022-02-01" }, 800.00m),
        new("withdraw", new { amount = "75.00", currency = Currency, reason = "Booked on the wrong account", occurredAt = "2022-02-03" }, -75.00m),
        new("reverse", new { entry = 4, reason = "Was meant for another account", occurredAt = "2022-02-04" }, 75.00m),
    ];

    /// <summary>Plays what has not been played yet.</summary>
    /// <returns>The account's events, from the log.</returns>
    /// <exception cref="Failure">The account has another history.</exception>
    public async Task<IReadOnlyList<LoggedEvent>> PlayAsync(CancellationToken cancellationToken)
    {
        for (var version = 0; version < Steps.Count; version++)
            await commands.SendAsync("accounts", Account, Steps[version].Action, Steps[version].Body, $"story-{Account}-{version + 1}", version, cancellationToken);

        var events = await log.EventsAsync("accounts", Account, atLeast: Steps.Count, cancellationToken);
        var balance = 0m;
        for (var i = 0; i < Steps.Count; i++)
        {
            balance += Steps[i].Change;
            if (events[i].Number("balance") != balance)
                throw new Failure($"Account {Account} has another history: event {events[i].Sequence} leaves {events[i].Number("balance")}, {balance} was expected. "
                    + "The story needs accounts of its own: start with empty topics (make clean).");
        }

        return [.. events.Take(Steps.Count)];
    }

    /// <summary>What an event changes the balance by.</summary>
    public static decimal Change(LoggedEvent happened) => happened.Name switch
    {
        "MoneyWithdrawn" or "FundsCaptured" => -happened.Number("amount"),
        "AccountOpened" => happened.Number("openingBalance"),
        "FundsHeld" or "FundsReleased" => 0,
        _ => happened.Number("amount"),
    };
}
