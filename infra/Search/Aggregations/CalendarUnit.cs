using System.Globalization;
using Streaming.Search.Failures;

namespace Streaming.Search.Aggregations;

/// <summary>The steps of a date histogram, in UTC: of the calendar, or of a fixed length.</summary>
/// <param name="Millis">Length of a fixed step; 0: of the calendar.</param>
internal sealed record CalendarUnit(string Name, long Millis)
{
    // 1970 began on a Thursday; weeks begin on Mondays.
    private const long FirstMonday = -3 * 86_400_000L;

    public static CalendarUnit ReadCalendar(string text) => text switch
    {
        "minute" or "1m" => new("minute", 60_000),
        "hour" or "1h" => new("hour", 3_600_000),
        "day" or "1d" => new("day", 86_400_000),
        "week" or "1w" => new("week", 0),
        "month" or "1M" => new("month", 0),
        "quarter" or "1q" => new("quarter", 0),
        "year" or "1y" => new("year", 0),
        _ => throw SearchFailure.IllegalArgument($"The supplied interval [{text}] could not be parsed as a calendar interval."),
    };

    public static CalendarUnit ReadFixed(string text)
    {
        foreach (var (unit, millis) in new[] { ("ms", 1L), ("s", 1_000L), ("m", 60_000L), ("h", 3_600_000L), ("d", 86_400_000L) })
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 1_000_000_000)
                return new("fixed", count * millis);
        }

        throw SearchFailure.IllegalArgument($"failed to parse setting [date_histogram.fixedInterval] with value [{text}] as a time value");
    }

    /// <summary>The beginning of the step that a moment lies in.</summary>
    public long Floor(long millis)
    {
        if (Millis > 0)
            return FloorTo(millis, Millis, 0);
        if (Name == "week")
            return FloorTo(millis, 7 * 86_400_000L, FirstMonday);
        var date = DateTimeOffset.FromUnixTimeMilliseconds(millis);
        return First(date.Year, Name switch { "month" => date.Month, "quarter" => ((date.Month - 1) / 3 * 3) + 1, _ => 1 });
    }

    public long Next(long start)
    {
        if (Millis > 0)
            return start + Millis;
        if (Name == "week")
            return start + (7 * 86_400_000L);
        var date = DateTimeOffset.FromUnixTimeMilliseconds(start);
        return date.AddMonths(Name switch { "month" => 1, "quarter" => 3, _ => 12 }).ToUnixTimeMilliseconds();
    }

    private static long First(int year, int month) => new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static long FloorTo(long millis, long step, long origin)
    {
        var since = millis - origin;
        return origin + (since >= 0 ? since - (since % step) : since - (((since % step) + step) % step));
    }
}
