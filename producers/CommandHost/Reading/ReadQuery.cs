using System.Globalization;
using Streaming.CommandHost.Http;

namespace Streaming.CommandHost.Reading;

/// <summary>What a reader asks for.</summary>
/// <param name="From">First sequence of a page.</param>
/// <param name="Limit">Most events of a page.</param>
/// <param name="AtLeast">Version to wait for; 0 for none.</param>
/// <param name="Version">The aggregate's version, once known: events that come later are not part of the answer.</param>
internal sealed record ReadQuery(Moment Moment, long From, int Limit, long AtLeast, long Version = 0)
{
    public static ReadQuery Read(IQueryCollection query, ReadingOptions options, FieldErrors errors) => new(
        Moment.Read(query, errors),
        Number(query, "from", 1, long.MaxValue - 1, absent: 1, errors),
        (int)Number(query, "limit", 1, options.PageEventsMax, absent: options.PageEvents, errors),
        Number(query, "atLeast", 0, long.MaxValue, absent: 0, errors));

    private static long Number(IQueryCollection query, string name, long min, long max, long absent, FieldErrors errors)
    {
        if (!query.TryGetValue(name, out var given))
            return absent;
        if (long.TryParse(given.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        errors.Add(name, $"is no number that is accepted here: give a whole number from {min}{(max < long.MaxValue - 1 ? $" to {max}" : "")}.");
        return absent;
    }
}
