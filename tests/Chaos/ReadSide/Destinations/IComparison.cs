using Streaming.Sinks.Events;

namespace Streaming.Chaos.ReadSide.Destinations;

/// <summary>Compares a destination with a fold of the log.</summary>
internal interface IComparison : IAsyncDisposable
{
    /// <summary>What was compared with what, and null; or the first difference with its key.</summary>
    /// <param name="log">Everything that is committed.</param>
    Task<Compared> CompareAsync(IReadOnlyList<RecordedEvent> log, CancellationToken cancellationToken);
}

/// <param name="Count">How many rows or documents there are.</param>
/// <param name="Difference">The first one, with its key, and how many there are; null: none.</param>
internal sealed record Compared(int Count, string? Difference)
{
    /// <summary>Rows as texts, in any order, that begin with their key.</summary>
    public static Compared Of(string what, IEnumerable<string> expected, IEnumerable<string> present)
    {
        var missing = new Dictionary<string, int>();
        var count = 0;
        foreach (var row in expected)
            missing[row] = missing.GetValueOrDefault(row) + 1;
        foreach (var row in present)
        {
            count++;
            missing[row] = missing.GetValueOrDefault(row) - 1;
        }

        var differing = missing.Where(row => row.Value != 0).OrderBy(row => row.Key, StringComparer.Ordinal).ToList();
        return differing.Count == 0
            ? new(count, null)
            : new(count, $"{what}: {differing.Count} rows differ, the first: {(differing[0].Value > 0 ? "missing" : differing[0].Value < -1 ? $"{-differing[0].Value} times" : "not to be there")}: {differing[0].Key}"
                + (differing.Count > 1 ? $"; the next {(differing[1].Value > 0 ? "missing" : "not to be there")}: {differing[1].Key}" : ""));
    }
}
