using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Commands.Deciding;

/// <summary>The newest state and version of every aggregate of a partition, with the changes of the batch in hand.</summary>
/// <remarks>Changes are made in place, so that a command sees those before it in the same batch, and are taken back when the batch is not
/// committed. One thread at a time.</remarks>
internal sealed class AggregateStates<TState>
{
    private readonly TState _initial;
    private readonly Dictionary<string, Aggregate<TState>> _aggregates = [];
    private readonly Dictionary<string, Aggregate<TState>>.AlternateLookup<ReadOnlySpan<char>> _aggregatesByText;
    private readonly Dictionary<string, long> _erased = [];
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _erasedByText;
    private readonly List<(string Id, Aggregate<TState> Before)> _undo = [];
    private readonly List<string> _erasedInBatch = [];
    private HashSet<string> _changed = [];

    public AggregateStates(TState initial)
    {
        _initial = initial;
        _aggregatesByText = _aggregates.GetAlternateLookup<ReadOnlySpan<char>>();
        _erasedByText = _erased.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _aggregates.Count;

    public IEnumerable<KeyValuePair<string, Aggregate<TState>>> All => _aggregates;

    /// <summary>What the batch in hand changed; an aggregate comes as often as it was changed.</summary>
    public IEnumerable<string> Changed => _undo.Select(change => change.Id);

    /// <summary>An aggregate that nothing has happened to has the initial state and version 0.</summary>
    public Aggregate<TState> Find(string aggregateId) =>
        _aggregates.TryGetValue(aggregateId, out var aggregate) ? aggregate : new(_initial, Version: 0);

    /// <summary>Sequence of the last event of an aggregate that was purged; null when it was not.</summary>
    public long? FindErased(string aggregateId) => _erased.TryGetValue(aggregateId, out var last) ? last : null;

    public bool IsErased(ReadOnlySpan<char> aggregateId) => _erased.Count > 0 && _erasedByText.ContainsKey(aggregateId);

    /// <summary>Sets what <see cref="Drop"/> takes back.</summary>
    public void Change(string aggregateId, Aggregate<TState> after)
    {
        ref var aggregate = ref CollectionsMarshal.GetValueRefOrAddDefault(_aggregates, aggregateId, out var exists);
        _undo.Add((aggregateId, exists ? aggregate : new(_initial, Version: 0)));
        aggregate = after with { SnapshotVersion = aggregate.SnapshotVersion };
        _changed.Add(aggregateId);
    }

    /// <summary>Forgets an aggregate whose events are purged by the batch in hand. <see cref="Drop"/> takes it back.</summary>
    public void Erase(string aggregateId)
    {
        if (!_aggregates.Remove(aggregateId, out var aggregate))
            return;
        _undo.Add((aggregateId, aggregate));
        _erased.Add(aggregateId, aggregate.Version);
        _erasedInBatch.Add(aggregateId);
    }

    /// <summary>Sets what is in the log already.</summary>
    public void Restore(string aggregateId, Aggregate<TState> recorded) => _aggregates[aggregateId] = recorded;

    /// <summary>Where the aggregate of this id stands while a partition is restored, to be set there. One that is met first has the initial state.</summary>
    /// <remarks>Good until the next call. Finds by the text itself, so that an id becomes a string only once (Benchmarks restore).</remarks>
    public ref Aggregate<TState> Restoring(ReadOnlySpan<char> aggregateId)
    {
        ref var aggregate = ref CollectionsMarshal.GetValueRefOrAddDefault(_aggregatesByText, aggregateId, out var exists);
        if (!exists)
            aggregate = new(_initial, Version: 0);
        return ref aggregate;
    }

    /// <summary>Sets that an aggregate was purged, which is in the log already.</summary>
    public void RestoreErased(string aggregateId, long lastSequence) => _erased[aggregateId] = lastSequence;

    /// <summary>Takes back what was restored for one aggregate.</summary>
    public void Forget(string aggregateId) => _aggregates.Remove(aggregateId);

    /// <summary>Takes back all that was restored, except what was purged.</summary>
    public void ForgetAll() => _aggregates.Clear();

    /// <summary>Others that know of the same purged aggregates, and of nothing else yet.</summary>
    public AggregateStates<TState> Empty()
    {
        var empty = new AggregateStates<TState>(_initial);
        foreach (var (id, last) in _erased)
            empty.RestoreErased(id, last);
        return empty;
    }

    /// <summary>Everything is restored: what no snapshot covers is up for the first round.</summary>
    public void Restored() => _changed = [.. _aggregates.Where(entry => entry.Value.Version != entry.Value.SnapshotVersion).Select(entry => entry.Key)];

    /// <summary>Whatever changed since this was called last. Some of it may have been taken back.</summary>
    public List<string> TakeChanged()
    {
        List<string> changed = [.. _changed];
        _changed = [];
        return changed;
    }

    /// <summary>The snapshot of an aggregate is in the log.</summary>
    public void Snapshotted(string aggregateId, long version)
    {
        ref var aggregate = ref CollectionsMarshal.GetValueRefOrNullRef(_aggregates, aggregateId);
        if (!Unsafe.IsNullRef(ref aggregate))
            aggregate = aggregate with { SnapshotVersion = version };
    }

    /// <summary>The batch is committed: its changes stay.</summary>
    public void Accept()
    {
        _undo.Clear();
        _erasedInBatch.Clear();
    }

    /// <summary>The batch is not committed: everything is as it was before.</summary>
    public void Drop()
    {
        foreach (var id in _erasedInBatch)
            _erased.Remove(id);
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            var (id, before) = _undo[i];
            if (before.Version == 0)
                _aggregates.Remove(id);
            else
                _aggregates[id] = before;
        }

        Accept();
    }
}

/// <summary>State and version of one aggregate.</summary>
/// <param name="Version">Sequence of its newest event; 0 when it has none.</param>
internal readonly record struct Aggregate<TState>(TState State, long Version)
{
    /// <summary>Version that its newest snapshot in the log stands for; 0 when it has none.</summary>
    public long SnapshotVersion { get; init; }
}
