using System.Diagnostics;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;

namespace Streaming.Domain.Accounts;

/// <summary>The rules of accounts; an aggregate is one account in one currency.</summary>
/// <remarks>
/// No overdraft: taken or held is only what is available. Nothing is ever edited: an entry is corrected by another of the opposite amount,
/// once. Events carry the resulting balance and holds, and the deltas from event to event add up to them.
/// </remarks>
public static class AccountsDecider
{
    public static readonly Decider<AccountCommand, AccountEvent, Account> Instance = new(Account.Unknown, Decide, Evolve);

    /// <summary>What follows from a command. <see cref="AccountCommand.OccurredAt"/> must be set: there is no clock in here.</summary>
    public static Decision<AccountEvent> Decide(AccountCommand command, Account account)
    {
        var occurredAt = command.OccurredAt
            ?? throw new ArgumentException("A command has no business time: stamp it before it is decided.", nameof(command));
        if (AccountLimits.Check(command) is { } wrong)
            return wrong;
        return command switch
        {
            _ when account.IsClosed => AccountRefusals.AccountClosed(command.AccountId),
            OpenAccount c when account.IsOpened => AccountRefusals.AlreadyOpened(c.AccountId),
            OpenAccount c => new AccountOpened(
                c.AccountId, c.Holder, c.Currency, c.OpeningBalance, c.Reason, c.Reference, Entry: 1, c.OpeningBalance, Held: 0, occurredAt),
            _ when !account.IsOpened => AccountRefusals.UnknownAccount(command.AccountId),

            DepositMoney c => Deposit(c, account, occurredAt),
            WithdrawMoney c => Withdraw(c, account, occurredAt),
            HoldFunds c => Hold(c, account, occurredAt),
            CaptureFunds c => Capture(c, account, occurredAt),
            ReleaseFunds c => Release(c, account, occurredAt),
            RefundFunds c => Refund(c, account, occurredAt),
            ReverseEntry c => Reverse(c, account, occurredAt),

            CloseAccount c when account.Balance.Amount != 0 || account.Holds.Count > 0 => AccountRefusals.NotEmpty(c.AccountId, account),
            CloseAccount c => new AccountClosed(c.AccountId, account.Currency, c.Reason, Balance: 0, Held: 0, occurredAt),

            _ => throw new UnreachableException($"No decision for {command.GetType().Name}; add it above."),
        };
    }

    /// <summary>The account after an event: money as the event carries it, holds and entries by its delta.</summary>
    public static Account Evolve(Account account, AccountEvent happened) => happened switch
    {
        AccountOpened e => Moved(account, e.Currency, e.Balance, e.Held, e.Entry, e.OpeningBalance) with { Holder = e.HolderName },
        MoneyDeposited e => Moved(account, e.Currency, e.Balance, e.Held, e.Entry, e.Amount),
        MoneyWithdrawn e => Moved(account, e.Currency, e.Balance, e.Held, e.Entry, -e.Amount),
        FundsHeld e => account with { Held = new(e.Held, e.Currency), Holds = account.Holds.Add(e.OrderId, e.Amount) },
        FundsReleased e => account with { Held = new(e.Held, e.Currency), Holds = account.Holds.Remove(e.OrderId) },
        FundsCaptured e => Moved(account, e.Currency, e.Balance, e.Held, e.Entry, -e.Amount, e.OrderId) with
        {
            Holds = account.Holds.Remove(e.OrderId),
        },
        EntryReversed e => Moved(
            account with { Entries = account.Entries.Reverse(e.ReversedEntry) }, e.Currency, e.Balance, e.Held, e.Entry, e.Amount),
        AccountClosed => account with { IsClosed = true },
        _ => throw new UnreachableException($"No evolution for {happened.GetType().Name}; add it above."),
    };

    private static Decision<AccountEvent> Deposit(DepositMoney c, Account account, DateTimeOffset occurredAt)
    {
        if (c.Currency != account.Currency)
            return AccountRefusals.CurrencyMismatch(c.AccountId, c.Currency, account);
        if (IsTooMuch(c.Amount, account))
            return AccountRefusals.TooMuchMoney(c.AccountId, c.Amount, account);
        var balance = account.Balance + new Money(c.Amount, c.Currency);
        return new MoneyDeposited(
            c.AccountId, c.Amount, c.Currency, c.Reason, c.Reference, Next(account), balance.Amount, account.Held.Amount, occurredAt, c.Payer);
    }

    private static Decision<AccountEvent> Withdraw(WithdrawMoney c, Account account, DateTimeOffset occurredAt)
    {
        var amount = new Money(c.Amount, c.Currency);
        if (c.Currency != account.Currency)
            return AccountRefusals.CurrencyMismatch(c.AccountId, c.Currency, account);
        if (amount > account.Available)
            return AccountRefusals.InsufficientFunds(c.AccountId, c.Amount, account);
        return new MoneyWithdrawn(
            c.AccountId, c.Amount, c.Currency, c.Reason, c.Reference, Next(account), (account.Balance - amount).Amount, account.Held.Amount, occurredAt);
    }

    private static Decision<AccountEvent> Hold(HoldFunds c, Account account, DateTimeOffset occurredAt)
    {
        var amount = new Money(c.Amount, c.Currency);
        if (c.Currency != account.Currency)
            return AccountRefusals.CurrencyMismatch(c.AccountId, c.Currency, account);
        if (account.Holds.Of(c.OrderId) is not null)
            return AccountRefusals.AlreadyHeld(c.AccountId, c.OrderId, account);
        if (account.Holds.Count >= AccountLimits.HoldsMax)
            return AccountRefusals.TooManyHolds(c.AccountId);
        if (amount > account.Available)
            return AccountRefusals.InsufficientFunds(c.AccountId, c.Amount, account);
        return new FundsHeld(
            c.AccountId, c.OrderId, c.Amount, c.Currency, c.Reason, account.Balance.Amount, (account.Held + amount).Amount, occurredAt);
    }

    private static Decision<AccountEvent> Capture(CaptureFunds c, Account account, DateTimeOffset occurredAt) =>
        account.Holds.Of(c.OrderId) is { } amount
            ? new FundsCaptured(
                c.AccountId, c.OrderId, amount, account.Currency, c.Reason, Next(account),
                account.Balance.Amount - amount, account.Held.Amount - amount, occurredAt)
            : AccountRefusals.NothingHeld(c.AccountId, c.OrderId);

    private static Decision<AccountEvent> Release(ReleaseFunds c, Account account, DateTimeOffset occurredAt) =>
        account.Holds.Of(c.OrderId) is { } amount
            ? new FundsReleased(
                c.AccountId, c.OrderId, amount, account.Currency, c.Reason, account.Balance.Amount, account.Held.Amount - amount, occurredAt)
            : AccountRefusals.NothingHeld(c.AccountId, c.OrderId);

    private static Decision<AccountEvent> Refund(RefundFunds c, Account account, DateTimeOffset occurredAt) =>
        account.Entries.CaptureOf(c.OrderId) switch
        {
            { IsReversed: true } capture => AccountRefusals.AlreadyRefunded(c.AccountId, c.OrderId, capture),
            { } capture => TakeBack(c.AccountId, capture, c.Reason, reference: null, account, occurredAt),
            // What is still held has not been captured; without a hold, the capture may be one that is not kept any more.
            null when account.Holds.Of(c.OrderId) is null && account.Entries.Oldest > 1 =>
                AccountRefusals.CaptureTooOld(c.AccountId, c.OrderId, account),
            null => AccountRefusals.NothingCaptured(c.AccountId, c.OrderId),
        };

    private static Decision<AccountEvent> Reverse(ReverseEntry c, Account account, DateTimeOffset occurredAt) =>
        account.Entries.Find(c.Entry) switch
        {
            null when c.Entry < account.Entries.Oldest => AccountRefusals.EntryTooOld(c.AccountId, c.Entry, account),
            null => AccountRefusals.UnknownEntry(c.AccountId, c.Entry, account),
            { IsReversed: true } => AccountRefusals.AlreadyReversed(c.AccountId, c.Entry),
            { } entry => TakeBack(c.AccountId, entry, c.Reason, c.Reference, account, occurredAt),
        };

    private static Decision<AccountEvent> TakeBack(
        AccountId id, Entry entry, string? reason, string? reference, Account account, DateTimeOffset occurredAt)
    {
        var amount = -entry.Amount;
        if (-amount > account.Available.Amount)
            return AccountRefusals.InsufficientFunds(id, -amount, account);
        if (IsTooMuch(amount, account))
            return AccountRefusals.TooMuchMoney(id, amount, account);
        return new EntryReversed(
            id, amount, account.Currency, entry.Number, entry.CapturedFor, reason, reference, Next(account),
            account.Balance.Amount + amount, account.Held.Amount, occurredAt);
    }

    private static long Next(Account account) => account.Entries.Count + 1;

    private static bool IsTooMuch(decimal more, Account account) => more > Money.AmountMax - account.Balance.Amount;

    private static Account Moved(
        Account account, Currency currency, decimal balance, decimal held, long entry, decimal amount, OrderId? capturedFor = null) => account with
    {
        Balance = new(balance, currency),
        Held = new(held, currency),
        Entries = account.Entries.Add(new(entry, amount, capturedFor, IsReversed: false)),
    };
}
