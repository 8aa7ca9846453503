namespace Streaming.Contracts;

/// <summary>An ISO 4217 alphabetic code, such as <c>EUR</c>.</summary>
/// <param name="Value">Three capital letters; which of them exist, and with how many decimals, is for the domain to say.</param>
public readonly record struct Currency(string Value)
{
    public override string ToString() => Value;
}
