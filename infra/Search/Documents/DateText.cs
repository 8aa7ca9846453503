using System.Globalization;
using System.Text;

namespace Streaming.Search.Documents;

/// <summary>Dates as <c>strict_date_optional_time</c> has them: ISO 8601, from a year down to nanoseconds, of which milliseconds are kept.</summary>
internal static class DateText
{
    private const long DayMillis = 86_400_000;

    /// <param name="first">The first millisecond since 1970 that the text can mean.</param>
    /// <param name="last">The last one, as Elasticsearch rounds up: a missing time ends with the day, a missing day or month is the first.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long first, out long last)
    {
        (first, last) = (0, 0);
        if (!TryTake(ref text, 4, out var year) || year == 0)
            return false;
        var (month, day) = (0, 0);
        if (Skip(ref text, '-') && (!TryTake(ref text, 2, out month) || month is 0 or > 12))
            return false;
        if (month > 0 && Skip(ref text, '-') && (!TryTake(ref text, 2, out day) || day == 0 || day > DateTime.DaysInMonth(year, month)))
            return false;
        var start = new DateTime(year, Math.Max(month, 1), Math.Max(day, 1), 0, 0, 0, DateTimeKind.Utc);
        if (text.IsEmpty)
        {
            first = Millis(start.Ticks);
            last = first + DayMillis - 1;
            return true;
        }

        if (day == 0 || !Skip(ref text, 'T'))
            return false;
        if (!TryParseTime(ref text, out var millis, out var precision) || !TryParseZone(text, out var offsetMinutes))
            return false;
        first = Millis(start.Ticks) + millis - (offsetMinutes * 60_000L);
        last = first + precision - 1;
        return true;
    }

    public static string Format(long millis)
    {
        const long MillisMin = -62_135_596_800_000;
        const long MillisMax = 253_402_300_799_999;
        return millis is < MillisMin or > MillisMax
            ? millis.ToString(CultureInfo.InvariantCulture)
            : DateTimeOffset.FromUnixTimeMilliseconds(millis).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    public static bool LooksLikeDate(ReadOnlySpan<byte> text) => text.Length >= 10 && text[4] == '-' && TryParse(text, out _, out _);

    public static bool TryParse(string text, out long first, out long last) => TryParse(Encoding.UTF8.GetBytes(text), out first, out last);

    // Nothing after the hour means the whole hour, and so on.
    private static bool TryParseTime(ref ReadOnlySpan<byte> text, out long millis, out long precision)
    {
        (millis, precision) = (0, DayMillis);
        if (text.IsEmpty)
            return true;
        if (!TryTake(ref text, 2, out var hour) || hour > 23)
            return false;
        (millis, precision) = (hour * 3_600_000L, 3_600_000L);
        if (!Skip(ref text, ':'))
            return true;
        if (!TryTake(ref text, 2, out var minute) || minute > 59)
            return false;
        (millis, precision) = (millis + (minute * 60_000L), 60_000L);
        if (!Skip(ref text, ':'))
            return true;
        if (!TryTake(ref text, 2, out var second) || second > 59)
            return false;
        (millis, precision) = (millis + (second * 1_000L), 1_000L);
        if (!Skip(ref text, '.') && !Skip(ref text, ','))
            return true;
        var digits = 0;
        for (; digits < text.Length && char.IsAsciiDigit((char)text[digits]); digits++)
        {
            precision = Math.Max(precision / 10, 1);
            if (digits < 3)
                millis += (text[digits] - '0') * (digits == 0 ? 100 : digits == 1 ? 10 : 1);
        }

        text = text[digits..];
        return digits is > 0 and <= 9;
    }

    private static bool TryParseZone(ReadOnlySpan<byte> text, out int offsetMinutes)
    {
        offsetMinutes = 0;
        if (text.IsEmpty || text is [(byte)'Z'])
            return true;
        var sign = text[0] switch { (byte)'+' => 1, (byte)'-' => -1, _ => 0 };
        text = text[1..];
        var minutes = 0;
        if (sign == 0 || !TryTake(ref text, 2, out var hours) || hours > 18)
            return false;
        Skip(ref text, ':');
        if (!text.IsEmpty && !TryTake(ref text, 2, out minutes))
            return false;
        offsetMinutes = sign * ((hours * 60) + minutes);
        return text.IsEmpty && minutes < 60;
    }

    private static long Millis(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private static bool Skip(ref ReadOnlySpan<byte> text, char what)
    {
        if (text.IsEmpty || text[0] != what)
            return false;
        text = text[1..];
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, int digits, out int number)
    {
        number = 0;
        if (text.Length < digits)
            return false;
        for (var i = 0; i < digits; i++)
        {
            if (!char.IsAsciiDigit((char)text[i]))
                return false;
            number = (number * 10) + (text[i] - '0');
        }

        text = text[digits..];
        return true;
    }
}
