using Streaming.Contracts;

namespace Streaming.Domain.Tests;

public sealed class MoneyTests
{
    private static readonly Currency _euro = new("EUR");
    private static readonly Currency _dollar = new("USD");

    [Fact]
    public void Amounts_of_one_currency_add_up_exactly() =>
        Enumerable.Repeat(new Money(0.1m, _euro), 10).Aggregate((sum, tenth) => sum + tenth).ShouldBe(new(1, _euro));

    [Fact]
    public void The_largest_amounts_keep_their_last_digit() =>
        (new Money(Money.AmountMax, _euro) - new Money(0.0001m, _euro)).Amount.ShouldBe(999_999_999_999_999_999_999_999.9998m);

    [Fact]
    public void Two_currencies_do_not_mix()
    {
        var (euro, dollar) = (new Money(1, _euro), new Money(1, _dollar));
        (euro == dollar).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => euro + dollar).Message.ShouldContain("1.00 EUR and 1.00 USD");
        Should.Throw<InvalidOperationException>(() => euro - dollar);
        Should.Throw<InvalidOperationException>(() => euro < dollar);
    }

    [Theory]
    [InlineData("EUR", "1234.50", "1234.50 EUR")]
    [InlineData("JPY", "1234", "1234 JPY")]
    [InlineData("KWD", "-0.001", "-0.001 KWD")]
    public void It_is_written_with_the_decimals_of_its_currency(string currency, string amount, string written) =>
        new Money(decimal.Parse(amount), new(currency)).ToString().ShouldBe(written);

    [Fact]
    public void Every_active_currency_is_known_with_its_decimals()
    {
        Currencies.Codes.Count.ShouldBe(Currencies.Codes.Distinct().Count());
        Currencies.Codes.ShouldAllBe(code => code.Length == 3 && code.All(char.IsAsciiLetterUpper));
        Currencies.Codes.ShouldAllBe(code => Currencies.MinorUnits(new(code)) >= 0 && Currencies.MinorUnits(new(code)) <= 4);
        Currencies.MinorUnits(new("JPY")).ShouldBe(0);
        Currencies.MinorUnits(new("EUR")).ShouldBe(2);
        Currencies.MinorUnits(new("KWD")).ShouldBe(3);
        Currencies.MinorUnits(new("UYW")).ShouldBe(4);
        Currencies.MinorUnits(new("XAU")).ShouldBeNull();
        Currencies.MinorUnits(default).ShouldBeNull();
    }
}
