using System.Text;
using Streaming.Contracts;

namespace Streaming.Domain;

/// <summary>What the fields of commands have in common: each function answers with the refusal, or null when the field is as it must be.</summary>
/// <remarks>A record on a topic is kept for ever, so what people type into it is bounded. A refusal's code names the field as JSON does.</remarks>
internal static class Fields
{
    public const int IdLengthMax = 64;
    public const int NameLengthMax = 200;
    public const int ReasonLengthMax = 500;
    public const int ReferenceLengthMax = 200;

    /// <summary>Not blank, and no longer than a name is.</summary>
    public static Refusal? Name(string field, string name) =>
        string.IsNullOrWhiteSpace(name)
            ? Wrong(field, $"{field} is blank: give 1 to {NameLengthMax} characters.")
            : TooLong(field, name, NameLengthMax);

    public static Refusal? Texts(string? reason, string? reference = null) =>
        TooLong("reason", reason, ReasonLengthMax) ?? TooLong("reference", reference, ReferenceLengthMax);

    // An id becomes part of record keys, of paths in URLs and of lines in logs.
    public static Refusal? Id(string field, string? id) =>
        id is { Length: > 0 and <= IdLengthMax } && !id.Any(c => c == '/' || char.IsControl(c) || char.IsWhiteSpace(c))
            ? null
            : Wrong(field, $"{field} is not an id: give 1 to {IdLengthMax} characters without white space, control characters and '/'.");

    /// <summary>A rule's name, on which programs branch.</summary>
    public static Refusal? Code(string field, string? code) =>
        code is { Length: > 0 and <= IdLengthMax } && code.All(c => c is '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            ? null
            : Wrong(field, $"{field} is not a code: give 1 to {IdLengthMax} characters of a-z, 0-9 and '-', such as insufficient-stock.");

    public static Refusal? AboveZero(string field, int number, string of) =>
        number > 0 ? null : Wrong(field, $"{field} is {number}: give a whole number of {of} from 1 to {int.MaxValue}.");

    /// <summary>The first refusal of <see cref="Wrong"/>'s form for an amount that is negative, too precise for its currency, or too large.</summary>
    public static Refusal? Amount(string field, decimal amount, Currency currency, bool isZeroAllowed = false)
    {
        if (Currencies.MinorUnits(currency) is not { } decimals)
            return UnknownCurrency(currency);
        if (amount < 0 || (amount == 0 && !isZeroAllowed))
            return Wrong(field, $"{field} is {amount}: give {(isZeroAllowed ? "zero or more" : "more than zero")}.");
        if (amount > Money.AmountMax)
            return Wrong(field, $"{field} is {amount}: give at most {Money.AmountMax}.");
        return decimal.Round(amount, decimals) == amount
            ? null
            : Wrong(field, $"{field} is {amount} {currency}: give at most {decimals} decimals, which is what {currency} has.");
    }

    public static Refusal UnknownCurrency(Currency currency) =>
        Wrong("currency", $"currency is '{currency}', no active currency of ISO 4217: give a code such as EUR.");

    /// <param name="field">As JSON names it, <c>orderId</c>, or with its place, <c>lines[3].unitPrice</c>: the code has the last name.</param>
    /// <param name="reason">What is wrong, and what would be accepted.</param>
    public static Refusal Wrong(string field, string reason) => new($"invalid-{Kebab(field[(field.LastIndexOf('.') + 1)..])}", reason);

    /// <summary>Text that is bounded and may be absent.</summary>
    public static Refusal? TooLong(string field, string? text, int lengthMax) =>
        text is null || text.Length <= lengthMax
            ? null
            : Wrong(field, $"{field} has {text.Length} characters: give at most {lengthMax}.");

    private static string Kebab(string name)
    {
        var kebab = new StringBuilder();
        foreach (var c in name)
            _ = char.IsUpper(c) ? kebab.Append('-').Append(char.ToLowerInvariant(c)) : kebab.Append(c);
        return kebab.ToString();
    }
}
