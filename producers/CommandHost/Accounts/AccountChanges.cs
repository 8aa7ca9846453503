using Streaming.CommandHost.Http;
using Streaming.Contracts.Accounts;

namespace Streaming.CommandHost.Accounts;

/// <summary>What an account's events changed, each by its own amount.</summary>
internal static class AccountChanges
{
    /// <summary>What they changed in sum; currency and amounts are null for events that move nothing.</summary>
    public static object Sum(IReadOnlyList<AccountEvent> happened)
    {
        var currency = happened.OfType<AccountOpened>().FirstOrDefault()?.Currency ?? new("");
        return new
        {
            Currency = currency.Value.Length == 0 ? null : currency.Value,
            Balance = MoneyText.Of(happened.Sum(Balance), currency),
            Held = MoneyText.Of(happened.Sum(Held), currency),
        };
    }

    private static decimal Balance(AccountEvent happened) => happened switch
    {
        AccountOpened e => e.OpeningBalance,
        MoneyDeposited e => e.Amount,
        MoneyWithdrawn e => -e.Amount,
        FundsCaptured e => -e.Amount,
        EntryReversed e => e.Amount,
        _ => 0,
    };

    private static decimal Held(AccountEvent happened) => happened switch
    {
        FundsHeld e => e.Amount,
        FundsCaptured e => -e.Amount,
        FundsReleased e => -e.Amount,
        _ => 0,
    };
}
