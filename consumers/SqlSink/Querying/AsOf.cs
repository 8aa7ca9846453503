using System.Globalization;

namespace Streaming.SqlSink.Querying;

/// <summary>The moment that a question asks about.</summary>
internal abstract record AsOf
{
    /// <summary>As it stands.</summary>
    public sealed record Now : AsOf;

    /// <summary>Business time: everything that had happened by then, by what is known today.</summary>
    public sealed record Occurred(DateTimeOffset At) : AsOf;

    /// <summary>Recorded time: what was known then.</summary>
    public sealed record Recorded(DateTimeOffset At) : AsOf;

    /// <summary>After the event with this sequence.</summary>
    public sealed record Sequence(long Value) : AsOf;

    private const string DateFormat = "yyyy-MM-dd";

    private static readonly string[] _timeFormats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>Reads the query parameters, of which one at most may be there.</summary>
    /// <param name="problem">What is wrong and what would be right; null when nothing is.</param>
    public static AsOf Parse(string? asOf, string? asOfRecorded, string? asOfSequence, out string? problem)
    {
        problem = null;
        if (new[] { asOf, asOfRecorded, asOfSequence }.Count(text => text is not null) > 1)
            problem = "Give one of asOf, asOfRecorded and asOfSequence.";
        else if (asOf is not null)
            return ParseTime(asOf, nameof(asOf), out problem) is { } at ? new Occurred(at) : new Now();
        else if (asOfRecorded is not null)
            return ParseTime(asOfRecorded, nameof(asOfRecorded), out problem) is { } at ? new Recorded(at) : new Now();
        else if (asOfSequence is not null)
            return ParseSequence(asOfSequence, out problem);
        return new Now();
    }

    // A bare date means through the end of that day, UTC; 100 ns before midnight is the last moment that .NET knows of it.
    private static DateTimeOffset? ParseTime(string text, string name, out string? problem)
    {
        problem = null;
        if (DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return new DateTimeOffset(date.ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero);

        // A '+' that was not escaped in the address arrives as a space.
        var time = text.Replace(' ', '+');
        var hasOffset = time.EndsWith('Z') || time.LastIndexOfAny(['+', '-']) > time.IndexOf('T', StringComparison.Ordinal);
        if (hasOffset && time.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParseExact(time, _timeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            return at;
        problem = $"{name} is '{text}': give a day such as 2022-03-15 (through its end, UTC), or a time with its offset such as 2022-03-15T12:00:00Z.";
        return null;
    }

    private static AsOf ParseSequence(string text, out string? problem)
    {
        problem = null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0)
            return new Sequence(sequence);
        problem = $"asOfSequence is '{text}': give the number of an event, from 1.";
        return new Now();
    }
}
