using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Simulation.Sources;

/// <summary>One partition of events, with its erasures and the group's offset; it only grows, but for what compaction takes.</summary>
internal sealed class SimulatedLog(int partition)
{
    public const string Topic = "inventory.events";
    private readonly Dictionary<string, long> _versions = [];
    private readonly HashSet<string> _troubled = [];

    public SourcePartition Source { get; } = new("cluster-1", Topic, "topic-1", partition);

    public List<Entry> Entries { get; } = [];

    public List<Erasure> Erasures { get; } = [];

    /// <summary>The offset that the next record gets.</summary>
    public long End { get; private set; }

    public long? GroupCommitted { get; set; }

    /// <summary>Who the group says has it; null for nobody.</summary>
    public object? Owner { get; set; }

    /// <summary>A reset forward was asked for: of several, a sink knows the last one only, so that a second one is not the simulation's to make.</summary>
    public bool IsSkipped { get; set; }

    public bool IsErased(string aggregateId) => Erasures.Exists(erasure => erasure.AggregateId == aggregateId);

    /// <summary>Appends what a transaction holds, and its marker.</summary>
    public void Append(Random random, int aggregates)
    {
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            var id = $"P{partition}-{random.Next(aggregates)}";
            if (IsErased(id))
                continue;
            if (random.Next(12) == 0 && !_troubled.Contains(id) && Entries.FindLast(entry => entry.AggregateId == id) is { } last)
            {
                // The same record twice: its producer was never told that the first one arrived.
                Add(last.AggregateId, last.Sequence, last.Amount, last.Writing);
                continue;
            }

            var writing = random.Next(40) switch { 0 => Writing.Unreadable, 1 => Writing.Refused, < 12 => Writing.Evolved, _ => Writing.Present };
            if (writing is Writing.Unreadable or Writing.Refused && Entries.Exists(entry => entry.AggregateId == id && Entries.Count(other => other.Key == entry.Key) > 1))
                writing = Writing.Present;
            if (writing is Writing.Unreadable or Writing.Refused)
                _troubled.Add(id);
            Add(id, _versions[id] = _versions.GetValueOrDefault(id) + 1, random.Next(1, 100), writing);
        }

        End++;      // The transaction's marker.
    }

    /// <summary>Erases an aggregate as the write side does: the erasure first, then tombstones; compaction takes the events, sooner or later.</summary>
    /// <returns>Which; null when there is none to erase.</returns>
    public string? Erase(Random random)
    {
        var ids = _versions.Keys.Where(id => !IsErased(id)).Order().ToList();
        if (ids.Count == 0)
            return null;
        var erased = ids[random.Next(ids.Count)];
        Erasures.Add(new(erased, _versions[erased], "it was asked for", DateTimeOffset.UnixEpoch));
        var gone = Entries.Where(entry => entry.AggregateId == erased).ToList();
        for (var sequence = 1L; sequence <= _versions[erased]; sequence++)
            Add(erased, sequence, 0, Writing.Tombstone);
        if (random.Next(2) == 0)
            gone.ForEach(entry => entry.IsCompacted = true);
        return erased;
    }

    private void Add(string id, long sequence, long amount, Writing writing) => Entries.Add(new(End++, id, sequence, amount, writing));
}
