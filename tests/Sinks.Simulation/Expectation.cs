using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Simulation.Destinations;
using Streaming.Sinks.Simulation.Sources;

namespace Streaming.Sinks.Simulation;

/// <summary>What a destination has to hold in the end: the log folded anew, without what was erased, discarded or left out by a reset forward.</summary>
/// <remarks>It knows nothing of how sinks get there. Which events people left out is taken from the dead letters and from the resets that were applied.</remarks>
internal sealed class Expectation(World world, Kind kind, Faults faults)
{
    /// <summary>What is wrong, each in one sentence.</summary>
    public IEnumerable<string> Violations() => world.Logs.SelectMany(Violations);

    private IEnumerable<string> Violations(SimulatedLog log)
    {
        var partition = log.Source.Partition;
        var letters = world.DeadLetters.All.Where(letter => letter.Partition == partition).ToDictionary(letter => letter.Offset);
        foreach (var waiting in letters.Values.Where(letter => letter.State == DeadLetterState.Waiting))
            yield return $"{waiting.Position} still waits: {waiting.Reason}";

        var found = world.Destination.Read(partition);
        var expected = Expected(log, letters, found);
        foreach (var missing in expected.Entries.Except(found.Entries))
            yield return $"partition {partition}: {missing} is missing";
        foreach (var extra in found.Entries.Except(expected.Entries))
            yield return $"partition {partition}: {extra} should not be there";
        foreach (var entry in found.Entries.GroupBy(entry => entry).Where(entry => entry.Count() > 1))
            yield return $"partition {partition}: {entry.Key} is there {entry.Count()} times";
        if (expected.Rows is null)
            yield break;
        foreach (var id in expected.Rows.Keys.Union(found.Rows!.Keys).Order())
        {
            if (expected.Rows.GetValueOrDefault(id) is var right && found.Rows.GetValueOrDefault(id) is var there && right != there)
                yield return $"partition {partition}: the row of {id} is {there}, and should be {right}";
        }
    }

    private Contents Expected(SimulatedLog log, Dictionary<long, DeadLetter> letters, Contents found)
    {
        var skipped = Skipped(log.Source.Partition);
        var there = found.Entries.ToHashSet();
        var unsure = new HashSet<string>();
        var rows = new Dictionary<string, Row>();
        var entries = new List<string>();
        var seen = new HashSet<string>();
        foreach (var entry in log.Entries)
        {
            var letter = letters.GetValueOrDefault(entry.Offset);
            if (entry.Writing == Writing.Tombstone || log.IsErased(entry.AggregateId) || IsLeftOut(letter, there, entry))
                continue;
            var name = NameOf(entry);
            if (kind == Kind.Documents && skipped.ContainsKey(entry.Offset))
                unsure.Add(entry.AggregateId);
            // Where data comes before the position, a crash may have left some of what was skipped afterwards.
            if (skipped.TryGetValue(entry.Offset, out var since) && !(letter?.State == DeadLetterState.Redriven && letter.Epoch >= since) && !(kind != Kind.Rows && there.Contains(name)))
                continue;
            if (!seen.Add(name))
                continue;
            entries.Add(name);
            rows[entry.AggregateId] = new(entry.Sequence, (rows.GetValueOrDefault(entry.AggregateId)?.Total ?? 0) + entry.Amount, entry.Offset, entry.Amount);
        }

        // Of a document and its entries, a bulk request that was cut off may have left either. And of an event that the log has twice, either may have been left out.
        foreach (var id in unsure.Where(id => rows.ContainsKey(id) && found.Rows!.ContainsKey(id)))
        {
            var (row, held) = (rows[id], found.Rows![id]);
            var isTwin = log.Entries.Exists(entry => entry.Offset == held.Offset && entry.AggregateId == id && entry.Sequence == row.Sequence);
            rows[id] = row with { Total = held.Total, Offset = isTwin ? held.Offset : row.Offset };
        }

        return new(kind == Kind.Tables ? null : rows, entries);
    }

    private string NameOf(Entry entry) => kind == Kind.Tables ? $"{entry.Key} at {entry.Offset}" : entry.Key.ToString();

    private bool IsLeftOut(DeadLetter? letter, HashSet<string> there, Entry entry) => letter?.State == DeadLetterState.Discarded
        && !(faults.MayBeHandled(letter.Partition, letter.Offset) && there.Contains(NameOf(entry)));

    /// <summary>Offsets that a reset forward left out and no later reset led back to, with the epoch that began there.</summary>
    private Dictionary<long, int> Skipped(int partition)
    {
        var skipped = new Dictionary<long, int>();
        foreach (var reset in world.Destination.Resets.Where(reset => reset.Partition == partition))
        {
            for (var offset = reset.From; reset.IsForward && offset < reset.To; offset++)
                skipped[offset] = reset.Epoch;
            foreach (var again in skipped.Keys.Where(offset => !reset.IsForward && offset >= reset.To).ToList())
                skipped.Remove(again);
        }

        return skipped;
    }
}
