using Streaming.Contracts;
using Streaming.Contracts.Accounts;

namespace Streaming.Domain.Tests.Accounts;

/// <summary>Values that a test needs and does not care about, and commands and events without their optional fields.</summary>
internal static class Some
{
    public static readonly AccountId Account = new("12345");
    public static readonly Currency Euro = new("EUR");
    public static readonly OrderId Order = new("order-1");
    public static readonly OrderId OtherOrder = new("order-2");
    public static readonly DateTimeOffset Day = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);

    public static OpenAccount Open(decimal openingBalance = 0) => new(Account, "Damon Allison", Euro, openingBalance, null, null, Day);
    public static DepositMoney Deposit(decimal amount) => new(Account, amount, Euro, null, null, Day);
    public static WithdrawMoney Withdraw(decimal amount) => new(Account, amount, Euro, null, null, Day);
    public static HoldFunds Hold(decimal amount, OrderId? order = null) => new(Account, order ?? Order, amount, Euro, null, Day);
    public static CaptureFunds Capture(OrderId? order = null) => new(Account, order ?? Order, null, Day);
    public static ReleaseFunds Release(OrderId? order = null) => new(Account, order ?? Order, null, Day);
    public static RefundFunds Refund(OrderId? order = null) => new(Account, order ?? Order, null, Day);
    public static ReverseEntry Reverse(long entry) => new(Account, entry, null, null, Day);
    public static CloseAccount Close() => new(Account, null, Day);

    public static AccountOpened Opened(decimal balance = 0) => new(Account, "Damon Allison", Euro, balance, null, null, 1, balance, 0, Day);
    public static MoneyDeposited Deposited(decimal amount, long entry, decimal balance, decimal held = 0) =>
        new(Account, amount, Euro, null, null, entry, balance, held, Day);
    public static MoneyWithdrawn Withdrawn(decimal amount, long entry, decimal balance, decimal held = 0) =>
        new(Account, amount, Euro, null, null, entry, balance, held, Day);
    public static FundsHeld Held(decimal amount, decimal balance, decimal held, OrderId? order = null) =>
        new(Account, order ?? Order, amount, Euro, null, balance, held, Day);
    public static FundsCaptured Captured(decimal amount, long entry, decimal balance, decimal held = 0) =>
        new(Account, Order, amount, Euro, null, entry, balance, held, Day);
    public static FundsReleased Released(decimal amount, decimal balance, decimal held = 0) =>
        new(Account, Order, amount, Euro, null, balance, held, Day);
    public static EntryReversed Reversed(decimal amount, long reversed, long entry, decimal balance, decimal held = 0, OrderId? order = null) =>
        new(Account, amount, Euro, reversed, order, null, null, entry, balance, held, Day);
    public static AccountClosed Closed() => new(Account, Euro, null, 0, 0, Day);
}
