using System.Diagnostics;
using Streaming.Contracts.Accounts;
using Streaming.Sinks.Events;

namespace Streaming.SqlSink.Accounts;

/// <summary>Event → movement; (row before, event) → row after. Pure.</summary>
internal static class AccountProjection
{
    public static AccountMovement Move(AccountEvent happened) => happened switch
    {
        AccountOpened e => new(e.OpeningBalance, 0, e.Balance, e.Held, e.Currency.Value, e.Entry, Reason: e.Reason, Reference: e.Reference),
        MoneyDeposited e => new(e.Amount, 0, e.Balance, e.Held, e.Currency.Value, e.Entry, Reason: e.Reason, Reference: e.Reference, Payer: e.Payer),
        MoneyWithdrawn e => new(-e.Amount, 0, e.Balance, e.Held, e.Currency.Value, e.Entry, Reason: e.Reason, Reference: e.Reference),
        FundsHeld e => new(0, e.Amount, e.Balance, e.Held, e.Currency.Value, OrderId: e.OrderId.Value, Reason: e.Reason),
        FundsReleased e => new(0, -e.Amount, e.Balance, e.Held, e.Currency.Value, OrderId: e.OrderId.Value, Reason: e.Reason),
        FundsCaptured e => new(-e.Amount, -e.Amount, e.Balance, e.Held, e.Currency.Value, e.Entry, OrderId: e.OrderId.Value, Reason: e.Reason),
        EntryReversed e => new(e.Amount, 0, e.Balance, e.Held, e.Currency.Value, e.Entry, e.ReversedEntry, e.OrderId?.Value, e.Reason, e.Reference),
        AccountClosed e => new(0, 0, e.Balance, e.Held, e.Currency.Value, Reason: e.Reason),
        _ => throw new UnreachableException($"No movement for {happened.GetType().Name}; add it above."),
    };

    /// <param name="before">Null for an account's first event.</param>
    public static AccountRow Project(AccountRow? before, RecordedEvent recorded)
    {
        var happened = Happened.In<AccountEvent>(recorded, account => account.AccountId.Value);
        var movement = Move(happened);
        return new(
            happened is AccountOpened opened ? opened.HolderName : before?.Holder ?? "",
            movement.Currency,
            movement.Balance,
            movement.Held,
            happened is AccountClosed || before?.IsClosed == true,
            movement.Entry ?? before?.LastEntry ?? 0);
    }
}
