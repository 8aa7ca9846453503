using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Destinations;

/// <summary>Rows, their history and the checkpoint change together, in a transaction that an old fence fails.</summary>
internal sealed class RowsDestination(World world, Bug bug) : Destination
{
    private readonly Dictionary<int, State> _partitions = [];

    private World World => world;

    public override ISink Connect() => new Connection(this);

    public override Checkpoint? CheckpointOf(int partition) => _partitions.GetValueOrDefault(partition)?.Checkpoint;

    public override Contents Read(int partition)
    {
        var history = _partitions.TryGetValue(partition, out var state) ? state.History : [];
        return new(Fold(history), [.. history.Select(entry => $"{entry.AggregateId}@{entry.Row.Sequence}").Order()]);
    }

    private static Dictionary<string, Row> Fold(List<Entry> history)
    {
        var rows = new Dictionary<string, Row>();
        foreach (var entry in history)
            rows[entry.AggregateId] = entry.Row;
        return rows;
    }

    private void Check(SourcePartition source, long fence)
    {
        if (bug != Bug.ForgetsTheFence && _partitions[source.Partition].Checkpoint.Fence != fence)
            throw new FencedException(source, fence);
    }

    private bool Commit(EventBatch batch)
    {
        Check(batch.Source, batch.Fence);
        var state = _partitions[batch.Source.Partition];
        var rows = Fold(state.History);
        var added = new List<Entry>();
        foreach (var recorded in batch.Events)
        {
            Admit(world, recorded);
            var before = rows.GetValueOrDefault(recorded.AggregateId);
            var after = Row.After(before, recorded, batch)!;
            if (after == before)
                continue;
            rows[recorded.AggregateId] = after;
            added.Add(new(recorded.Offset, recorded.AggregateId, after));
        }

        var checkpoint = state.Checkpoint with { NextOffset = batch.NextOffset, Group = batch.Group };
        Moved(batch.Source.Partition, state.Checkpoint, checkpoint);
        _partitions[batch.Source.Partition] = new(checkpoint, [.. state.History, .. added]);
        return true;
    }

    /// <summary>Only a reset leads a checkpoint back that is in the transaction. One that is written after the data may: its owner was not told that it arrived.</summary>
    private void Moved(int partition, Checkpoint? before, Checkpoint after)
    {
        if (before is not null && before.Epoch >= after.Epoch && before.NextOffset > after.NextOffset)
            Violations.Add($"partition {partition}: the checkpoint went back from @{before.NextOffset} (fence {before.Fence}) to @{after.NextOffset} (fence {after.Fence}) without a reset");
    }

    private Checkpoint Take(SourcePartition source, InitialPosition initial)
    {
        var state = _partitions.GetValueOrDefault(source.Partition) ?? new(First(source, initial), []);
        state = state with { Checkpoint = state.Checkpoint with { Fence = state.Checkpoint.Fence + 1 } };
        _partitions[source.Partition] = state;
        return state.Checkpoint;
    }

    private Checkpoint Reset(Reset reset)
    {
        Check(reset.Source, reset.Fence);
        var state = _partitions[reset.Source.Partition];
        var after = state.Checkpoint.After(reset);
        Applied(reset, state.Checkpoint, after);
        _partitions[reset.Source.Partition] = new(after, reset.IsForward ? state.History : [.. state.History.Where(entry => entry.Offset < reset.ToOffset)]);
        return after;
    }

    private bool Change(SourcePartition source, long fence, Func<State, State> change)
    {
        Check(source, fence);
        _partitions[source.Partition] = change(_partitions[source.Partition]);
        return true;
    }

    private sealed record Entry(long Offset, string AggregateId, Row Row);

    private sealed record State(Checkpoint Checkpoint, List<Entry> History);

    private sealed class Connection(RowsDestination rows) : ISink
    {
        private readonly World _world = rows.World;

        public string Name => "rows";

        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken) =>
            _world.Steps.CallAsync(Callee.Destination, "take", _ => rows.Take(source, initial), cancellationToken);

        public Task WriteAsync(EventBatch batch, CancellationToken cancellationToken) => _world.Steps.CallAsync(
            Callee.Destination, $"rows up to @{batch.NextOffset}, fence {batch.Fence}", _ => rows.Commit(batch), cancellationToken);

        public Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken) => _world.Steps.CallAsync(
            Callee.Destination, $"erase {string.Join(" ", erasures.Select(erasure => erasure.AggregateId))}",
            _ => rows.Change(source, fence, state => state with
            {
                History = [.. state.History.Where(entry => erasures.All(erasure => erasure.AggregateId != entry.AggregateId))],
            }), cancellationToken);

        public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) => _world.Steps.CallAsync(
            Callee.Destination, $"confirm fence {fence}", _ => rows.Change(source, fence, state => state), cancellationToken);

        public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken) => _world.Steps.CallAsync(
            Callee.Destination, "record group", _ => rows.Change(source, fence, state => state with { Checkpoint = state.Checkpoint with { Group = offsets } }), cancellationToken);

        public Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken) =>
            _world.Steps.CallAsync(Callee.Destination, $"reset to @{reset.ToOffset}", _ => rows.Reset(reset), cancellationToken);

        public bool IsTransient(Exception failure) => failure is IOException;
    }
}
