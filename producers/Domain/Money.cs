using Streaming.Contracts;

namespace Streaming.Domain;

/// <summary>An amount in a currency. Amounts of two currencies are equal never, and added never.</summary>
/// <param name="Amount">In whole units, such as euros, with the decimals that <see cref="Currencies"/> allows; negative where it is taken away.</param>
/// <param name="Currency">What it is an amount of.</param>
public readonly record struct Money(decimal Amount, Currency Currency) : IComparable<Money>
{
    /// <summary>The largest amount that a record holds: 28 digits, 4 of them behind the point.</summary>
    public const decimal AmountMax = 999_999_999_999_999_999_999_999.9999m;

    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) => new(left.Amount + Same(left, right).Amount, left.Currency);

    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator -(Money left, Money right) => new(left.Amount - Same(left, right).Amount, left.Currency);

    public static Money operator -(Money money) => money with { Amount = -money.Amount };

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <exception cref="InvalidOperationException">The currencies differ: which is more, depends on the day.</exception>
    public int CompareTo(Money other) => Amount.CompareTo(Same(this, other).Amount);

    /// <summary>Such as <c>12.50 EUR</c>, with as many decimals as the currency has.</summary>
    public override string ToString() => $"{Amount.ToString($"F{Currencies.MinorUnits(Currency) ?? 4}")} {Currency}";

    // A decider refuses before it comes to this; code that does not must not get a sum that means nothing.
    private static Money Same(Money left, Money right) => left.Currency == right.Currency
        ? right
        : throw new InvalidOperationException($"{left} and {right} are of two currencies: exchange one first.");
}
