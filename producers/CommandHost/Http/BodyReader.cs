using System.Globalization;
using System.Text.Json;

namespace Streaming.CommandHost.Http;

/// <summary>Reads the fields of a JSON object strictly, and collects what is wrong with them instead of stopping at the first.</summary>
/// <remarks>Fields that nobody asked for are wrong too: a misspelt optional field would otherwise be ignored in silence.</remarks>
internal sealed class BodyReader(JsonElement body, FieldErrors errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Text that must be there; empty text when it is not.</summary>
    public string Text(string field)
    {
        var text = OptionalText(field);
        if (text is null && !Found(field, out _))
            errors.Add(field, "is missing: give a text.");
        return text ?? "";
    }

    /// <summary>Text; null when it is not there.</summary>
    public string? OptionalText(string field)
    {
        if (!Found(field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        errors.Add(field, "is no text: put it in quotes.");
        return null;
    }

    /// <summary>A whole number of units that must be there.</summary>
    public int Quantity(string field)
    {
        if (!Found(field, out var value))
            errors.Add(field, "is missing: give a whole number of units.");
        else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var quantity))
            return quantity;
        else
            errors.Add(field, $"is no whole number of units: give a number without quotes and fraction, at most {int.MaxValue}.");
        return 0;
    }

    /// <summary>Business time: a date, which is its first moment in UTC, or a time with its offset; null when it is not there.</summary>
    public DateTimeOffset? OptionalTime(string field)
    {
        if (OptionalText(field) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        if (HasOffset(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time.ToUniversalTime();
        errors.Add(field, "is no time: give a date such as 2022-03-15, or a time with its offset such as 2022-03-15T08:30:00Z.");
        return null;
    }

    /// <summary>Call last: whatever was not asked for is reported.</summary>
    public void RefuseOthers()
    {
        foreach (var property in body.EnumerateObject().Where(property => !_known.Contains(property.Name)))
            errors.Add(property.Name, $"is not known here: {string.Join(", ", _known)} are.");
    }

    // Null is what others send for "not given".
    private bool Found(string field, out JsonElement value)
    {
        _known.Add(field);
        return body.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
    }

    // RFC 3339: without an offset nobody knows which moment is meant.
    private static bool HasOffset(string text)
    {
        var time = text.IndexOfAny(['T', 't']);
        return time == 10 && (text[^1] is 'Z' or 'z' || text.LastIndexOfAny(['+', '-']) > time);
    }
}
