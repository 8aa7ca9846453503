using Streaming.Contracts;

namespace Streaming.Domain.Accounts;

/// <summary>What accounts say when a rule about the account is broken. The codes are part of the API.</summary>
internal static class AccountRefusals
{
    public static Refusal UnknownAccount(AccountId id) => new(
        "unknown-account", $"{id} is not open: open the account first, or check its id.");

    public static Refusal AlreadyOpened(AccountId id) => new(
        "already-opened", $"{id} is open: an account is opened once; deposit into it instead, or open one under another id.");

    public static Refusal AccountClosed(AccountId id) => new(
        "account-closed", $"{id} is closed, which is final: use another account.");

    public static Refusal CurrencyMismatch(AccountId id, Currency asked, Account account) => new(
        "currency-mismatch", $"{asked} asked, {id} is in {account.Currency}: give the amount in {account.Currency}, or use another account.");

    public static Refusal InsufficientFunds(AccountId id, decimal asked, Account account) => new(
        "insufficient-funds",
        $"{In(account, asked)} asked of {id}, {account.Available} available ({account.Balance} in it, {account.Held} held): "
        + "ask for less, or deposit first.");

    public static Refusal TooMuchMoney(AccountId id, decimal more, Account account) => new(
        "too-much-money",
        $"{In(account, more)} more asked, {account.Balance} in {id}: at most {In(account, Money.AmountMax - account.Balance.Amount)} more can be booked.");

    public static Refusal AlreadyHeld(AccountId id, OrderId order, Account account) => new(
        "already-held",
        $"{id} holds {In(account, account.Holds.Of(order) ?? 0)} for order {order}: an order has one hold; release it first.");

    public static Refusal TooManyHolds(AccountId id) => new(
        "too-many-holds", $"{id} has {AccountLimits.HoldsMax} holds, the most there can be: capture or release some first.");

    public static Refusal NothingHeld(AccountId id, OrderId order) => new(
        "nothing-held", $"{id} holds nothing for order {order}: hold funds first, or check the order's id.");

    public static Refusal NothingCaptured(AccountId id, OrderId order) => new(
        "nothing-captured", $"Nothing was captured from {id} for order {order}: capture first, or check the order's id.");

    public static Refusal AlreadyRefunded(AccountId id, OrderId order, Entry capture) => new(
        "already-refunded", $"Entry {capture.Number}, which paid for order {order} from {id}, is reversed: a refund is given once.");

    public static Refusal CaptureTooOld(AccountId id, OrderId order, Account account) => new(
        "capture-too-old",
        $"None of the entries of {id} from {account.Entries.Oldest} on paid for order {order}, and older ones are not reversed: "
        + "check the order's id, or deposit the amount and refer to the capture.");

    public static Refusal UnknownEntry(AccountId id, long number, Account account) => new(
        "unknown-entry", $"{id} has no entry {number}: give a number from {account.Entries.Oldest} to {account.Entries.Count}.");

    public static Refusal EntryTooOld(AccountId id, long number, Account account) => new(
        "entry-too-old",
        $"Entry {number} of {id} is older than the newest {Entries.KeptMax}, which start at {account.Entries.Oldest}: "
        + "deposit or withdraw the amount instead, and refer to the entry.");

    public static Refusal AlreadyReversed(AccountId id, long number) => new(
        "already-reversed", $"Entry {number} of {id} is reversed, which is done once: deposit or withdraw to correct it further.");

    public static Refusal NotEmpty(AccountId id, Account account) => new(
        "not-empty",
        $"{id} has {account.Balance} in it and {account.Holds.Count} holds: withdraw the money and release the holds first.");

    private static Money In(Account account, decimal amount) => new(amount, account.Currency);
}
