using System.Globalization;

namespace Streaming.CommandHost.Http;

/// <summary>Amounts of money from text, digit by digit: whatever would be rounded is refused.</summary>
internal static class ExactAmount
{
    /// <summary>Of the schemas' <c>decimal(28,4)</c>.</summary>
    public const int ScaleMax = 4;
    public const int WholeDigitsMax = 24;

    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    public static bool TryParse(string text, out decimal amount)
    {
        amount = 0;
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        return whole.Length is > 0 and <= WholeDigitsMax
            && fraction.Length <= ScaleMax
            && (point < 0 || fraction.Length > 0)
            && !whole.ContainsAnyExceptInRange('0', '9')
            && !fraction.ContainsAnyExceptInRange('0', '9')
            && decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out amount);
    }
}
