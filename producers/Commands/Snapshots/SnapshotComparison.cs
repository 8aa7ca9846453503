using Streaming.Avro;
using Streaming.Commands.Deciding;
using Streaming.Commands.Restoring;

namespace Streaming.Commands.Snapshots;

/// <summary>Compares the snapshots of one partition with the states that its events lead to, while these are folded.</summary>
internal sealed class SnapshotComparison<TState>(int partition, StateFormat<TState> format, SnapshotReading<TState> snapshots)
{
    private readonly Dictionary<string, Aggregate<TState>> _open = snapshots.States.All.ToDictionary(entry => entry.Key, entry => entry.Value);
    private readonly long _count = snapshots.States.Count;
    private SnapshotDifference? _first;
    private long _equal;
    private long _different;
    private bool _hasReached;

    /// <summary>From here on the events are not covered by the newest round; beyond every offset when there is none.</summary>
    public long CheckpointOffset => snapshots.Checkpoint?.NextOffset ?? long.MaxValue;

    /// <summary>An event was folded.</summary>
    public void Compare(string aggregateId, long sequence, AggregateStates<TState> states)
    {
        if (!_open.TryGetValue(aggregateId, out var snapshot) || snapshot.Version != sequence)
            return;
        _open.Remove(aggregateId);
        // As records: those have an order for what has none in memory, and tell what a restart would be given.
        if (Bytes(snapshot.State).AsSpan().SequenceEqual(Bytes(states.Find(aggregateId).State)))
            _equal++;
        else
            Add(aggregateId, sequence, $"the snapshot says {format.Write(snapshot.State)}, the log {format.Write(states.Find(aggregateId).State)}.");
    }

    /// <summary>All events before the checkpoint are folded: each aggregate has a snapshot that covers them.</summary>
    public void Reached(AggregateStates<TState> states)
    {
        if (_hasReached || snapshots.Checkpoint is null)
            return;
        _hasReached = true;
        foreach (var (id, aggregate) in states.All)
        {
            var version = snapshots.States.Find(id).Version;
            if (version < aggregate.Version && !snapshots.IsIgnored(id))
                Add(id, version, $"the checkpoint says that its snapshot covers the {aggregate.Version} events before offset {CheckpointOffset}.");
        }
    }

    public SnapshotReport End(string context, long events, AggregateStates<TState> states)
    {
        Reached(states);
        foreach (var (id, snapshot) in _open)
            Add(id, snapshot.Version, $"the log has no event of this version: it ends at {states.Find(id).Version}.");
        if (snapshots.Ignored > 0)
            _first ??= new(partition, snapshots.FirstIgnored.Key, 0, $"it cannot be used: {snapshots.FirstIgnored.Why}.");
        return new(context, events, states.Count, _count, _equal, _different, snapshots.Ignored, _first);
    }

    private void Add(string aggregateId, long version, string what)
    {
        _different++;
        _first ??= new(partition, aggregateId, version, what);
    }

    private byte[] Bytes(TState state) => AvroEncoding.EncodeToArray(format.Write(state));
}
