using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Domain.Accounts;
using static Streaming.Domain.Tests.Accounts.Some;
using Account = Streaming.Domain.Accounts.Account;

namespace Streaming.Domain.Tests.Accounts;

public sealed class AccountsDeciderTests
{
    private static Scenario<AccountCommand, AccountEvent, Account> Given(params AccountEvent[] events) => new(AccountsDecider.Instance, events);

    private static Entry Moved(long number, decimal amount, OrderId? order = null, bool isReversed = false) => new(number, amount, order, isReversed);

    [Fact]
    public void Opening_books_the_opening_balance_as_the_first_entry() =>
        Given().When(Open(500)).Then(Opened(500))
            .AndState(new("Damon Allison", new(500, Euro), new(0, Euro), Holds.None, Entries.None.Add(Moved(1, 500))));

    [Fact]
    public void Opening_twice_is_refused() => Given(Opened()).When(Open()).ThenRefused("already-opened", "deposit into it instead");

    [Fact]
    public void Whatever_else_is_asked_of_an_unknown_account_is_refused()
    {
        foreach (var command in Anything)
            Given().When(command).ThenRefused("unknown-account", "open the account first");
    }

    [Fact]
    public void Depositing_adds_to_the_balance() => Given(Opened(500)).When(Deposit(800)).Then(Deposited(800, entry: 2, balance: 1300));

    [Fact]
    public void Depositing_more_than_can_be_counted_is_refused() =>
        Given(Opened(5)).When(Deposit(Money.AmountMax - 0.9999m)).ThenRefused("too-much-money", "at most 999999999999999999999995.00");

    [Fact]
    public void Withdrawing_takes_from_the_balance() => Given(Opened(500)).When(Withdraw(500)).Then(Withdrawn(500, entry: 2, balance: 0));

    [Fact]
    public void Withdrawing_what_is_held_is_refused() =>
        Given(Opened(500), Held(300, balance: 500, held: 300)).When(Withdraw(200.01m))
            .ThenRefused("insufficient-funds", "200.01 EUR asked of 12345, 200.00 EUR available (500.00 EUR in it, 300.00 EUR held)");

    [Fact]
    public void Another_currency_is_refused()
    {
        var dollar = new Currency("USD");
        AccountCommand[] commands = [Deposit(1) with { Currency = dollar }, Withdraw(1) with { Currency = dollar }, Hold(1) with { Currency = dollar }];
        foreach (var command in commands)
            Given(Opened(500)).When(command).ThenRefused("currency-mismatch", "give the amount in EUR");
    }

    [Fact]
    public void Holding_sets_money_aside_for_an_order() =>
        Given(Opened(500)).When(Hold(500))
            .Then(Held(500, balance: 500, held: 500))
            .AndState(new("Damon Allison", new(500, Euro), new(500, Euro), Holds.None.Add(Order, 500), Entries.None.Add(Moved(1, 500))));

    [Fact]
    public void Holding_more_than_is_available_is_refused() =>
        Given(Opened(500), Held(300, 500, 300)).When(Hold(201, OtherOrder)).ThenRefused("insufficient-funds", "200.00 EUR available");

    [Fact]
    public void Holding_twice_for_an_order_is_refused() =>
        Given(Opened(500), Held(300, 500, 300)).When(Hold(1)).ThenRefused("already-held", "holds 300.00 EUR for order order-1");

    [Fact]
    public void An_order_of_free_goods_holds_nothing_and_is_captured_all_the_same()
    {
        Given(Opened(500)).When(Hold(0)).Then(Held(0, 500, 0));
        Given(Opened(500), Held(0, 500, 0)).When(Capture()).Then(Captured(0, entry: 2, balance: 500));
    }

    [Fact]
    public void Capturing_takes_the_whole_hold() =>
        Given(Opened(500), Held(300, 500, 300)).When(Capture())
            .Then(Captured(300, entry: 2, balance: 200))
            .AndState(new(
                "Damon Allison", new(200, Euro), new(0, Euro), Holds.None, Entries.None.Add(Moved(1, 500)).Add(Moved(2, -300, Order))));

    [Fact]
    public void Releasing_makes_the_whole_hold_available() =>
        Given(Opened(500), Held(300, 500, 300)).When(Release())
            .Then(Released(300, balance: 500))
            .AndState(new("Damon Allison", new(500, Euro), new(0, Euro), Holds.None, Entries.None.Add(Moved(1, 500))));

    [Fact]
    public void Capturing_or_releasing_what_is_not_held_is_refused()
    {
        Given(Opened(500), Held(1, 500, 1, OtherOrder)).When(Capture()).ThenRefused("nothing-held", "hold funds first");
        Given(Opened(500), Held(1, 500, 1, OtherOrder)).When(Release()).ThenRefused("nothing-held", "hold funds first");
    }

    [Fact]
    public void Refunding_reverses_the_capture() =>
        Given(Opened(500), Held(300, 500, 300), Captured(300, 2, 200)).When(Refund())
            .Then(Reversed(300, reversed: 2, entry: 3, balance: 500, order: Order));

    [Fact]
    public void Refunding_twice_is_refused() =>
        Given(Opened(500), Held(300, 500, 300), Captured(300, 2, 200), Reversed(300, 2, 3, 500, order: Order)).When(Refund())
            .ThenRefused("already-refunded", "Entry 2");

    [Fact]
    public void Refunding_what_was_not_captured_is_refused() =>
        Given(Opened(500), Held(300, 500, 300)).When(Refund()).ThenRefused("nothing-captured", "capture first");

    [Fact]
    public void A_wrong_entry_is_reversed_by_one_of_the_opposite_amount()
    {
        Given(Opened(500), Deposited(80, 2, 580)).When(Reverse(2)).Then(Reversed(-80, reversed: 2, entry: 3, balance: 500));
        Given(Opened(500), Withdrawn(80, 2, 420)).When(Reverse(2)).Then(Reversed(80, reversed: 2, entry: 3, balance: 500));
        Given(Opened(500)).When(Reverse(1)).Then(Reversed(-500, reversed: 1, entry: 2, balance: 0));
    }

    [Fact]
    public void An_entry_is_reversed_once() =>
        Given(Opened(500), Deposited(80, 2, 580), Reversed(-80, 2, 3, 500)).When(Reverse(2)).ThenRefused("already-reversed", "Entry 2");

    [Fact]
    public void A_reversal_is_an_entry_and_can_be_reversed_itself() =>
        Given(Opened(500), Deposited(80, 2, 580), Reversed(-80, 2, 3, 500)).When(Reverse(3)).Then(Reversed(80, reversed: 3, entry: 4, balance: 580));

    [Fact]
    public void A_reversal_that_would_overdraw_is_refused() =>
        Given(Opened(500), Withdrawn(100, 2, 400), Held(300, 400, 300)).When(Reverse(1)).ThenRefused("insufficient-funds", "100.00 EUR available");

    [Fact]
    public void An_entry_that_is_not_there_cannot_be_reversed() =>
        Given(Opened(500)).When(Reverse(2)).ThenRefused("unknown-entry", "a number from 1 to 1");

    [Fact]
    public void An_entry_older_than_the_newest_thousand_is_corrected_otherwise()
    {
        var history = Enumerable.Range(2, Entries.KeptMax).Select(n => Deposited(1, n, balance: n)).Prepend<AccountEvent>(Opened(1)).ToArray();
        Given(history).When(Reverse(1)).ThenRefused("entry-too-old", "deposit or withdraw the amount instead");
        Given(history).When(Reverse(2)).Then(Reversed(-1, reversed: 2, entry: 1002, balance: 1000));
    }

    [Fact]
    public void A_capture_that_is_not_kept_any_more_is_not_taken_for_none()
    {
        var history = Enumerable.Range(3, Entries.KeptMax).Select(n => Deposited(1, n, balance: n))
            .Prepend<AccountEvent>(Captured(300, 2, 200)).Prepend(Held(300, 500, 300)).Prepend(Opened(500)).ToArray();
        Given(history).When(Refund()).ThenRefused("capture-too-old", "deposit the amount");
        Given([.. history, Held(1, 1002, 1)]).When(Refund()).ThenRefused("nothing-captured", "capture first");
    }

    [Fact]
    public void Closing_needs_an_account_without_money_and_holds()
    {
        Given(Opened()).When(Close()).Then(Closed());
        Given(Opened(1)).When(Close()).ThenRefused("not-empty", "withdraw the money");
        Given(Opened(), Held(0, 0, 0)).When(Close()).ThenRefused("not-empty", "1 holds");
    }

    [Fact]
    public void Whatever_is_asked_of_a_closed_account_is_refused()
    {
        foreach (var command in Anything.Append(Open()))
            Given(Opened(), Closed()).When(command).ThenRefused("account-closed", "use another account");
        Fold([Open(), Close()]).IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_command_without_business_time_is_a_mistake_of_its_sender() =>
        Should.Throw<ArgumentException>(() => Given().When(Open() with { OccurredAt = null }));

    [Fact]
    public void The_story_of_account_12345_ends_at_1200()
    {
        AccountCommand[] story = [Open(500), Withdraw(100), Deposit(800)];
        Fold(story).Balance.ToString().ShouldBe("1200.00 EUR");
        Fold([.. story, Deposit(80), Reverse(4)]).Balance.ToString().ShouldBe("1200.00 EUR");
    }

    private static AccountCommand[] Anything => [Deposit(1), Withdraw(1), Hold(1), Capture(), Release(), Refund(), Reverse(1), Close()];

    private static Account Fold(AccountCommand[] commands) => commands.Aggregate(
        Account.Unknown, (account, command) => AccountsDecider.Decide(command, account).Events.Aggregate(account, AccountsDecider.Evolve));
}
