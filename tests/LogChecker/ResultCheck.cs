namespace Streaming.LogChecker;

/// <summary>Each command has one outcome: accepted, its events are there once; refused, it did nothing; and the caller was told so.</summary>
public static class ResultCheck
{
    public static IEnumerable<string> Violations(CommittedLog log)
    {
        var erased = log.Erasures.Select(erasure => (erasure.Context, erasure.AggregateId)).ToHashSet();
        var happened = log.Events.ToLookup(logged => (logged.Context, logged.AggregateId, logged.CommandId));
        var resulted = log.Results.ToLookup(logged => (logged.Context, logged.AggregateId, logged.CommandId));
        foreach (var results in resulted.Where(results => !erased.Contains((results.Key.Context, results.Key.AggregateId))))
        {
            // Told "expired", a command was not looked at again: it may have had another result in its time.
            var decided = results.Where(result => result.Refusal?.StartsWith("expired", StringComparison.Ordinal) != true).ToList();
            if (decided.Distinct().Count() > 1)
                yield return $"Command {Name(results.Key)} has different results.";
            if (decided.Count > 0 && Contradiction(decided[0], [.. happened[results.Key].Select(logged => logged.Sequence).Order()]) is { } contradiction)
                yield return $"Command {Name(results.Key)} {contradiction}";
        }

        // Results are kept for days only, events for ever: what has no result any more is older than the oldest one.
        foreach (var events in happened.Where(events => !resulted.Contains(events.Key)))
            yield return $"Command {Name(events.Key)} happened, and has no result.";
    }

    /// <summary>What callers were told against what the log says.</summary>
    public static IEnumerable<string> Violations(CommittedLog log, IEnumerable<ToldAnswer> told)
    {
        var resulted = log.Results.ToLookup(logged => (logged.Context, logged.AggregateId, logged.CommandId));
        foreach (var answer in told)
        {
            var key = (answer.Context, answer.AggregateId, answer.CommandId);
            var result = resulted[key].FirstOrDefault();
            if (result is null)
                yield return $"Command {Name(key)} was answered, and has no result.";
            else if (result.Refusal is null != answer.IsAccepted || (answer.IsAccepted && result.Version != answer.Version))
                yield return $"Command {Name(key)}: the caller was told {answer}, the log says {result}.";
        }
    }

    private static string? Contradiction(LoggedResult result, IReadOnlyList<long> sequences)
    {
        if (result.Refusal is not null)
            return sequences.Count > 0 ? "was refused, and happened." : null;
        var promised = Enumerable.Range(0, result.EventCount).Select(i => result.Version - result.EventCount + 1 + i);
        return sequences.SequenceEqual(promised)
            ? null
            : $"was accepted as version {result.Version} with {result.EventCount} events; the log has {string.Join(", ", sequences)}.";
    }

    private static string Name((string Context, string AggregateId, string CommandId) key) => $"{key.CommandId} on {key.Context} {key.AggregateId}";
}
