using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Domain.Accounts;

namespace Streaming.Domain.Tests.Accounts;

/// <summary>What holds of an account after any commands whatsoever.</summary>
public sealed class AccountProperties() : Histories<AccountCommand, AccountEvent, Account>(AccountsDecider.Instance, histories: 100, commandsPerHistory: 200)
{
    [Fact]
    public void Deltas_folded_equal_the_carried_balance_and_holds() => AfterEveryEvent((_, happened, deltas, seed) =>
        Holds(deltas == Carried(happened), seed, happened));

    [Fact]
    public void No_account_is_ever_overdrawn() => AfterEveryEvent((account, happened, _, seed) =>
        Holds(account.Available.Amount >= 0 && account.Balance.Amount <= Money.AmountMax, seed, happened));

    [Fact]
    public void What_is_held_is_the_sum_of_the_holds_and_never_more_than_the_balance() => AfterEveryEvent((account, happened, _, seed) =>
        Holds(
            account.Held.Amount == account.Holds.ByOrder.Values.Sum() && 0 <= account.Held.Amount && account.Held.Amount <= account.Balance.Amount,
            seed, happened));

    [Fact]
    public void Entries_are_numbered_without_gaps_and_add_up_to_the_balance() => AfterEveryEvent((account, happened, _, seed) =>
        Holds(
            account.Entries.Kept.Select(entry => entry.Number).SequenceEqual(Numbers(1, account.Entries.Count))
            && account.Entries.Kept.Sum(entry => entry.Amount) == account.Balance.Amount,
            seed, happened));

    [Fact]
    public void Restored_entries_are_the_same() => AfterEveryEvent((account, happened, _, seed) =>
        Holds(IsSame(Entries.Restore(account.Entries.Count, account.Entries.Kept), account.Entries), seed, happened));

    private static bool IsSame(Entries restored, Entries entries) =>
        restored.Equals(entries)
        && entries.Kept.All(entry => entry.CapturedFor is not { } order || restored.CaptureOf(order) == entries.CaptureOf(order));

    private static IEnumerable<long> Numbers(long first, long last)
    {
        for (var number = first; number <= last; number++)
            yield return number;
    }

    private void AfterEveryEvent(Action<Account, AccountEvent, (decimal Balance, decimal Held), int> check) =>
        AfterEveryEvent((0m, 0m), Add, check);

    private protected override AccountCommand RandomCommand(Random random, Account account)
    {
        var amount = random.Next(20) switch
        {
            0 => Money.AmountMax - 0.9999m,
            1 => 0.001m,
            2 => -1,
            3 => account.IsOpened ? account.Available.Amount : 0,
            _ => random.Next(0, 20_000) / 100m,
        };
        var order = new OrderId($"order-{random.Next(4)}");
        var entry = random.NextInt64(0, account.Entries.Count + 2);
        return random.Next(16) switch
        {
            0 => Some.Open(random.Next(2) * amount),
            1 or 2 or 3 or 4 => Some.Deposit(amount),
            5 or 6 => Some.Withdraw(amount),
            7 or 8 => Some.Hold(amount, order),
            9 or 10 => Some.Capture(order),
            11 => Some.Release(order),
            12 => Some.Refund(order),
            13 or 14 => Some.Reverse(entry),
            _ => random.Next(10) == 0 ? Some.Close() : Some.Deposit(amount) with { Currency = new("USD") },
        };
    }

    private static (decimal Balance, decimal Held) Add((decimal Balance, decimal Held) sums, AccountEvent happened) => happened switch
    {
        AccountOpened e => (sums.Balance + e.OpeningBalance, sums.Held),
        MoneyDeposited e => (sums.Balance + e.Amount, sums.Held),
        MoneyWithdrawn e => (sums.Balance - e.Amount, sums.Held),
        FundsHeld e => (sums.Balance, sums.Held + e.Amount),
        FundsReleased e => (sums.Balance, sums.Held - e.Amount),
        FundsCaptured e => (sums.Balance - e.Amount, sums.Held - e.Amount),
        EntryReversed e => (sums.Balance + e.Amount, sums.Held),
        AccountClosed => sums,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "No delta for this event; add it above."),
    };

    private static (decimal Balance, decimal Held) Carried(AccountEvent happened) => happened switch
    {
        AccountOpened e => (e.Balance, e.Held),
        MoneyDeposited e => (e.Balance, e.Held),
        MoneyWithdrawn e => (e.Balance, e.Held),
        FundsHeld e => (e.Balance, e.Held),
        FundsReleased e => (e.Balance, e.Held),
        FundsCaptured e => (e.Balance, e.Held),
        EntryReversed e => (e.Balance, e.Held),
        AccountClosed e => (e.Balance, e.Held),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "Nothing carried by this event; add it above."),
    };
}
