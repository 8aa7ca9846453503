using Streaming.Contracts;
using Streaming.Domain.Accounts;
using Streaming.Domain.Inventory;

namespace Streaming.Domain.Tests;

/// <summary>A decision costs the same however long an aggregate lives. Bytes are counted, not time, which depends on what else the machine does.</summary>
public sealed class DecisionCostTests
{
    private const int BytesMax = 8_000;

    [Fact]
    public void An_account_of_a_hundred_thousand_entries()
    {
        var account = Fold(AccountsDecider.Instance, [Accounts.Some.Open(1_000_000)]);
        account = Fold(AccountsDecider.Instance, Enumerable.Range(0, 100_000).Select(i => i % 2 == 0 ? Accounts.Some.Deposit(1) : (Contracts.Accounts.AccountCommand)Accounts.Some.Withdraw(1)), account);
        account.Entries.Count.ShouldBe(100_001);
        account.Entries.Kept.Count().ShouldBe(Entries.KeptMax);
        Bytes(() => Fold(AccountsDecider.Instance, [Accounts.Some.Deposit(1)], account)).ShouldBeLessThan(BytesMax);
    }

    [Fact]
    public void An_account_with_thousands_of_holds()
    {
        var account = Fold(AccountsDecider.Instance, [Accounts.Some.Open(1_000_000)]);
        account = Fold(AccountsDecider.Instance, Enumerable.Range(0, AccountLimits.HoldsMax).Select(i => Accounts.Some.Hold(1, new($"order-{i}"))), account);
        AccountsDecider.Decide(Accounts.Some.Hold(1, new("one-more")), account).Refusal!.Code.ShouldBe("too-many-holds");
        Bytes(() => Fold(AccountsDecider.Instance, [Accounts.Some.Capture(new OrderId("order-77"))], account)).ShouldBeLessThan(BytesMax);
    }

    [Fact]
    public void A_product_with_a_hundred_thousand_reservations()
    {
        var stock = Fold(InventoryDecider.Instance, [Inventory.Some.Register(), Inventory.Some.Receive(1_000_000)]);
        stock = Fold(InventoryDecider.Instance, Enumerable.Range(0, 100_000).Select(i => Inventory.Some.Reserve(1, new($"order-{i}"))), stock);
        Bytes(() => Fold(InventoryDecider.Instance, [Inventory.Some.Ship(1, new OrderId("order-77"))], stock)).ShouldBeLessThan(BytesMax);
    }

    private static TState Fold<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, IEnumerable<TCommand> commands, TState? from = null)
        where TState : class
    {
        var state = from ?? decider.Initial;
        foreach (var command in commands)
        {
            foreach (var happened in decider.Decide(command, state).Events)
                state = decider.Evolve(state, happened);
        }
        return state;
    }

    private static long Bytes(Action decide)
    {
        decide();
        var before = GC.GetAllocatedBytesForCurrentThread();
        decide();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
