using System.Globalization;
using Streaming.Search.Failures;

namespace Streaming.Search.Indices;

/// <summary>The setting <c>index.refresh_interval</c>: <c>1s</c>, <c>500ms</c>, <c>-1</c> for never.</summary>
internal static class RefreshInterval
{
    public const string Default = "1s";

    /// <exception cref="SearchFailure">It is no such text.</exception>
    public static TimeSpan Parse(string text)
    {
        if (text == "-1")
            return Timeout.InfiniteTimeSpan;
        foreach (var (unit, millis) in new[] { ("ms", 1L), ("s", 1_000L), ("m", 60_000L) })
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is > 0 and < 86_400_000)
                return TimeSpan.FromMilliseconds(count * millis);
        }

        throw SearchFailure.IllegalArgument($"failed to parse setting [index.refresh_interval] with value [{text}] as a time value: 1s, 500ms, 1m or -1");
    }
}
