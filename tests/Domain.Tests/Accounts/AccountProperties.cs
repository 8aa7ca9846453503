using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Domain.Accounts;

namespace Streaming.Domain.Tests.Accounts;

/// <summary>What holds after any commands whatsoever. A failure names its seed.</summary>
public sealed class AccountProperties
{
    private const int Histories = 100;
    private const int CommandsPerHistory = 200;

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

    [Fact]
    public void Deciding_again_gives_the_same()
    {
        foreach (var (command, account, seed) in Decisions())
        {
            var (once, again) = (AccountsDecider.Decide(command, account), AccountsDecider.Decide(command, account));
            Holds(again.Events.SequenceEqual(once.Events) && again.Refusal == once.Refusal, seed, command);
        }
    }

    [Fact]
    public void A_refusal_says_which_rule_and_what_would_be_accepted()
    {
        foreach (var (command, account, seed) in Decisions())
        {
            if (AccountsDecider.Decide(command, account).Refusal is not { } refusal)
                continue;
            Holds(refusal.Code.All(c => c is '-' or (>= 'a' and <= 'z')), seed, command);
            Holds(refusal.Reason.Contains(": ", StringComparison.Ordinal), seed, refusal.Reason);
        }
    }

    private static bool IsSame(Entries restored, Entries entries) =>
        restored.Equals(entries)
        && entries.Kept.All(entry => entry.CapturedFor is not { } order || restored.CaptureOf(order) == entries.CaptureOf(order));

    private static IEnumerable<long> Numbers(long first, long last)
    {
        for (var number = first; number <= last; number++)
            yield return number;
    }

    private static void Holds(bool holds, int seed, object subject)
    {
        if (!holds)
            Assert.Fail($"seed {seed}: {subject}");
    }

    private static void AfterEveryEvent(Action<Account, AccountEvent, (decimal Balance, decimal Held), int> check)
    {
        var (deltas, lastSeed) = ((Balance: 0m, Held: 0m), -1);
        foreach (var (command, before, seed) in Decisions())
        {
            if (seed != lastSeed)
                (deltas, lastSeed) = ((0, 0), seed);
            var account = before;
            foreach (var happened in AccountsDecider.Decide(command, before).Events)
            {
                account = AccountsDecider.Evolve(account, happened);
                deltas = Add(deltas, happened);
                check(account, happened, deltas, seed);
            }
        }
    }

    // Every command of every history with the account that it finds, one history per seed.
    private static IEnumerable<(AccountCommand Command, Account Account, int Seed)> Decisions()
    {
        var first = Environment.TickCount & 0xFFFFFF;
        for (var seed = first; seed < first + Histories; seed++)
        {
            var random = new Random(seed);
            var account = Account.Unknown;
            for (var i = 0; i < CommandsPerHistory; i++)
            {
                var command = RandomCommand(random, account);
                yield return (command, account, seed);
                account = AccountsDecider.Decide(command, account).Events.Aggregate(account, AccountsDecider.Evolve);
            }
        }
    }

    private static AccountCommand RandomCommand(Random random, Account account)
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
