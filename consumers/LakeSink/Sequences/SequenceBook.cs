using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Sequences;

/// <summary>The last event of each aggregate of a partition: what tells a gap from the next event. Tables have no place for it, so it is kept beside them.</summary>
/// <remarks>Aggregates are known by 128 bits of their id's hash: some sixty bytes each, however long the id is.</remarks>
internal sealed class SequenceBook
{
    private readonly Dictionary<UInt128, Standing> _standing = [];
    private readonly Dictionary<UInt128, Standing> _judged = [];

    public int Count => _standing.Count;

    public IEnumerable<KeyValuePair<UInt128, Standing>> Entries => _standing;

    /// <summary>Whether the event is new. It counts once <see cref="Keep"/> is called: a batch that fails is judged again.</summary>
    /// <returns>False for one that says under its key what was said before, at another offset.</returns>
    /// <exception cref="PoisonEventException">Events are missing before it, or it contradicts one that was taken.</exception>
    public bool Judge(EventBatch batch, RecordedEvent recorded)
    {
        var key = KeyOf(recorded.AggregateId);
        if (!_judged.TryGetValue(key, out var last) && !_standing.TryGetValue(key, out last))
            last = Standing.None;
        if (recorded.Offset <= last.Offset)
            return true;    // Judged when it came first; tables know by its offset whether they have it.
        switch (batch.Judge(recorded, last.Sequence, last.Offset))
        {
            case SequenceVerdict.Gap:
                throw SequenceRule.Gap(recorded, last.Sequence);
            case SequenceVerdict.Repeated when recorded.Sequence == last.Sequence && recorded.ContentHash == last.Hash:
                return false;
            case SequenceVerdict.Repeated when recorded.Sequence == last.Sequence && last.Hash is not null:
                throw SequenceRule.Conflict(recorded);
            case SequenceVerdict.Repeated:
                throw new PoisonEventException(
                    recorded.Offset,
                    $"key {recorded.AggregateId}@{recorded.Sequence} was written before, and {last.Sequence} is the aggregate's last: two writers decided the same aggregate, or one wrote "
                        + "twice. The lake has only the last event's content to compare with. Find out which of the two is true, and leave the other out.") { IsDamage = true };
        }
        _judged[key] = new(recorded.Sequence, recorded.Offset, recorded.ContentHash);
        return true;
    }

    /// <summary>What was judged is written.</summary>
    public void Keep()
    {
        foreach (var (key, standing) in _judged)
            _standing[key] = standing;
        _judged.Clear();
    }

    /// <summary>What was judged was not written.</summary>
    public void Forget() => _judged.Clear();

    public void Remove(IEnumerable<string> aggregateIds)
    {
        foreach (var id in aggregateIds)
            _standing.Remove(KeyOf(id));
    }

    public void Add(UInt128 aggregate, Standing standing)
    {
        if (!_standing.TryGetValue(aggregate, out var known) || known.Sequence < standing.Sequence)
            _standing[aggregate] = standing;
    }

    public static UInt128 KeyOf(string aggregateId) => KeyOf(System.Text.Encoding.UTF8.GetBytes(aggregateId));

    public static UInt128 KeyOf(ReadOnlySpan<byte> aggregateId) => new(StableHash.Of(aggregateId, seed: 1), StableHash.Of(aggregateId, seed: 2));
}

/// <param name="Sequence">Of the aggregate's last event.</param>
/// <param name="Offset">Where it lies.</param>
/// <param name="Hash">Of its content; null where that was not at hand.</param>
internal readonly record struct Standing(long Sequence, long Offset, long? Hash)
{
    public static readonly Standing None = new(0, -1, null);
}
