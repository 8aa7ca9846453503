using System.Globalization;

namespace Streaming.CommandHost.Http;

/// <summary>Times as callers write them: a date, or a time with its offset.</summary>
internal static class BusinessTime
{
    public const string Wrong = "is no time: give a date such as 2022-03-15, or a time with its offset such as 2022-03-15T08:30:00Z.";

    /// <summary>A date is its first moment in UTC: when something happened.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        if (TryDate(text, out var date))
        {
            time = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
            return true;
        }

        return TryTime(text, out time);
    }

    /// <summary>A date is the last moment of its day in UTC: up to when something counts.</summary>
    public static bool TryParseThrough(string text, out DateTimeOffset time)
    {
        if (TryDate(text, out var date))
        {
            time = new DateTimeOffset(date, TimeOnly.MaxValue, TimeSpan.Zero);
            return true;
        }

        return TryTime(text, out time);
    }

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    // RFC 3339: without an offset nobody knows which moment is meant.
    private static bool TryTime(string text, out DateTimeOffset time)
    {
        time = default;
        var separator = text.IndexOfAny(['T', 't']);
        var hasOffset = separator == 10 && (text[^1] is 'Z' or 'z' || text.LastIndexOfAny(['+', '-']) > separator);
        if (!hasOffset || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var given))
            return false;
        time = given.ToUniversalTime();
        return true;
    }
}
