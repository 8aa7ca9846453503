using System.Runtime.InteropServices;

namespace Streaming.Commands.Deciding;

/// <summary>The newest state and version of every aggregate of a partition, with the changes of the batch in hand.</summary>
/// <remarks>Changes are made in place, so that a command sees those before it in the same batch, and are taken back when the batch is not
/// committed. One thread at a time.</remarks>
internal sealed class AggregateStates<TState>(TState initial)
{
    private readonly Dictionary<string, Aggregate<TState>> _aggregates = [];
    private readonly List<(string Id, Aggregate<TState> Before)> _undo = [];

    public int Count => _aggregates.Count;

    public IEnumerable<KeyValuePair<string, Aggregate<TState>>> All => _aggregates;

    /// <summary>What the batch in hand changed; an aggregate comes as often as it was changed.</summary>
    public IEnumerable<string> Changed => _undo.Select(change => change.Id);

    /// <summary>An aggregate that nothing has happened to has the initial state and version 0.</summary>
    public Aggregate<TState> Find(string aggregateId) =>
        _aggregates.TryGetValue(aggregateId, out var aggregate) ? aggregate : new(initial, Version: 0);

    /// <summary>Sets what <see cref="Drop"/> takes back.</summary>
    public void Change(string aggregateId, Aggregate<TState> after)
    {
        ref var aggregate = ref CollectionsMarshal.GetValueRefOrAddDefault(_aggregates, aggregateId, out var exists);
        _undo.Add((aggregateId, exists ? aggregate : new(initial, Version: 0)));
        aggregate = after;
    }

    /// <summary>Sets what is in the log already.</summary>
    public void Restore(string aggregateId, Aggregate<TState> recorded) => _aggregates[aggregateId] = recorded;

    /// <summary>The batch is committed: its changes stay.</summary>
    public void Accept() => _undo.Clear();

    /// <summary>The batch is not committed: everything is as it was before.</summary>
    public void Drop()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            var (id, before) = _undo[i];
            if (before.Version == 0)
                _aggregates.Remove(id);
            else
                _aggregates[id] = before;
        }

        _undo.Clear();
    }
}

/// <summary>State and version of one aggregate.</summary>
/// <param name="Version">Sequence of its newest event; 0 when it has none.</param>
internal readonly record struct Aggregate<TState>(TState State, long Version);
