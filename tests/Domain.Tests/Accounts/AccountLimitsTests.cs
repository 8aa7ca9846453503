using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Domain.Accounts;
using static Streaming.Domain.Tests.Accounts.Some;

namespace Streaming.Domain.Tests.Accounts;

public sealed class AccountLimitsTests
{
    [Fact]
    public void An_amount_that_moves_is_above_zero()
    {
        AccountCommand[] commands = [Deposit(0), Deposit(-1), Withdraw(0), Withdraw(-1), Hold(-1)];
        foreach (var command in commands)
            Code(command).ShouldBe("invalid-amount");
        Code(Open(-1)).ShouldBe("invalid-opening-balance");
        Code(Hold(0)).ShouldBeNull();
    }

    [Theory]
    [InlineData("EUR", "0.01", "0.001")]
    [InlineData("JPY", "1", "0.1")]
    [InlineData("KWD", "0.001", "0.0001")]
    [InlineData("CLF", "0.0001", "0.00001")]
    public void An_amount_has_no_more_decimals_than_its_currency(string currency, string fits, string doesNot)
    {
        Code(Deposit(decimal.Parse(fits)) with { Currency = new(currency) }).ShouldBeNull();
        Code(Deposit(decimal.Parse(doesNot)) with { Currency = new(currency) }).ShouldBe("invalid-amount");
    }

    [Fact]
    public void Zeros_behind_the_point_are_no_decimals() => Code(Deposit(100.0000m) with { Currency = new("JPY") }).ShouldBeNull();

    [Fact]
    public void An_amount_has_no_more_digits_than_a_record_holds()
    {
        Code(Deposit(Money.AmountMax) with { Currency = new("UYW") }).ShouldBeNull();
        Code(Deposit(Money.AmountMax + 0.0001m) with { Currency = new("UYW") }).ShouldBe("invalid-amount");
    }

    [Theory]
    [InlineData("euro")]
    [InlineData("eur")]
    [InlineData("XXX")]
    [InlineData("DEM")]
    [InlineData("")]
    [InlineData(null)]
    public void A_currency_is_an_active_one(string? currency)
    {
        Code(Open() with { Currency = new(currency!) }).ShouldBe("invalid-currency");
        Code(Withdraw(1) with { Currency = new(currency!) }).ShouldBe("invalid-currency");
    }

    [Fact]
    public void Ids_and_texts_are_bounded()
    {
        Code(Close() with { AccountId = new("a/b") }).ShouldBe("invalid-account-id");
        Code(Hold(1, new OrderId(""))).ShouldBe("invalid-order-id");
        Code(Open() with { Holder = " " }).ShouldBe("invalid-holder");
        Code(Deposit(1) with { Reason = new string('r', 501) }).ShouldBe("invalid-reason");
        Code(Deposit(1) with { Reference = new string('r', 201) }).ShouldBe("invalid-reference");
    }

    [Fact]
    public void Entries_are_counted_from_one() => Code(Reverse(0)).ShouldBe("invalid-entry");

    private static string? Code(AccountCommand command) => AccountLimits.Check(command)?.Code;
}
