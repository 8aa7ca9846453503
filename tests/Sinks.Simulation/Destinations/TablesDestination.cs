using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Destinations;

/// <summary>Two tables, whose versions follow one another: a commit names the one it follows, and carries how far the partition is in this table, and
/// under which fence. The partition's position is a chain of versions of its own.</summary>
internal sealed class TablesDestination(World world, Bug bug) : Destination
{
    private readonly Table[] _tables = [new(0, [], []), new(0, [], [])];
    private readonly Dictionary<int, Position> _positions = [];

    private World World => world;
    private Bug Planted => bug;

    public override ISink Connect() => new Connection(this);

    public override Checkpoint? CheckpointOf(int partition) => _positions.GetValueOrDefault(partition)?.Checkpoint;

    public override Contents Read(int partition) => new(
        null, [.. _tables.SelectMany(table => table.Rows).Where(row => row.Partition == partition).Select(row => $"{row.AggregateId}@{row.Sequence} at {row.Offset}").Order()]);

    private bool TryCommit(int table, Table next, int follows)
    {
        if (_tables[table].Version != follows)
            return false;
        _tables[table] = next with { Version = follows + 1 };
        return true;
    }

    private bool TryAdd(int partition, Position position)
    {
        if ((_positions.GetValueOrDefault(partition)?.Version ?? 0) != position.Version - 1)
            return false;
        _positions[partition] = position;
        return true;
    }

    /// <param name="Said">By partition: up to where it is complete, and under which fence that was said.</param>
    private sealed record Table(int Version, List<TableRow> Rows, Dictionary<int, (long? Next, long Fence)> Said);

    private sealed record TableRow(int Partition, long Offset, string AggregateId, long Sequence);

    private sealed record Position(int Version, Checkpoint Checkpoint, long? PendingReset = null, long ResetFence = 0, long ResetTo = 0, long EraseFence = 0);

    private sealed class Connection(TablesDestination store) : ISink
    {
        private readonly Dictionary<int, Position> _held = [];
        private readonly Dictionary<int, HashSet<string>> _erased = [];

        public string Name => "tables";

        private Stepper Steps => store.World.Steps;

        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
        {
            while (true)
            {
                var found = await Steps.CallAsync(Callee.Destination, "newest position", _ => store._positions.GetValueOrDefault(source.Partition), cancellationToken)
                    ?? new(0, First(source, initial));
                var taken = found with { Version = found.Version + 1, Checkpoint = found.Checkpoint with { Fence = found.Checkpoint.Fence + 1 } };
                if (!await AddAsync(source, taken, cancellationToken))
                    continue;
                _erased.Remove(source.Partition);
                if (taken.PendingReset is not null)
                    await FinishResetAsync(source, cancellationToken);
                return _held[source.Partition].Checkpoint;
            }
        }

        public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
        {
            var held = Held(batch.Source, batch.Fence);
            foreach (var recorded in batch.Events)
                Admit(store.World, recorded);
            foreach (var rows in batch.Events.GroupBy(recorded => SimulatedDecoder.AmountOf(recorded) % 2).OrderBy(rows => rows.Key))
                await AppendAsync((int)rows.Key, batch, [.. rows], cancellationToken);
            await MoveAsync(batch.Source, held with { Checkpoint = held.Checkpoint with { NextOffset = batch.NextOffset, Group = batch.Group } }, cancellationToken);
        }

        public async Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
        {
            await MoveAsync(source, Held(source, fence) with { EraseFence = fence }, cancellationToken);
            if (!_erased.TryGetValue(source.Partition, out var erased))
                _erased.Add(source.Partition, erased = []);
            erased.UnionWith(erasures.Select(erasure => erasure.AggregateId));
            for (var table = 0; table < store._tables.Length; table++)
                await EraseAsync(table, source, cancellationToken);
        }

        public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) => MoveAsync(source, Held(source, fence), cancellationToken);

        public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
        {
            var held = Held(source, fence);
            return MoveAsync(source, held with { Checkpoint = held.Checkpoint with { Group = offsets } }, cancellationToken);
        }

        public async Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
        {
            var held = Held(reset.Source, reset.Fence);
            var after = held.Checkpoint.After(reset);
            var position = reset.IsForward
                ? held with { Checkpoint = after }
                : held with
                {
                    Checkpoint = after,
                    PendingReset = Math.Min(held.PendingReset ?? long.MaxValue, reset.ToOffset),
                    ResetFence = reset.Fence,
                    ResetTo = held.ResetFence > 0 ? Math.Min(held.ResetTo, reset.ToOffset) : reset.ToOffset,
                };
            await MoveAsync(reset.Source, position, cancellationToken, () => store.Applied(reset, held.Checkpoint, after));
            if (!reset.IsForward)
                await FinishResetAsync(reset.Source, cancellationToken);
            return _held[reset.Source.Partition].Checkpoint;
        }

        public bool IsTransient(Exception failure) => failure is IOException;

        /// <summary>Rows first, table by table; each takes what it does not have.</summary>
        private async Task AppendAsync(int table, EventBatch batch, List<RecordedEvent> events, CancellationToken cancellationToken)
        {
            var said = await StateAsync(table, batch.Source, cancellationToken);
            while (true)
            {
                var now = await LookAsync(table, cancellationToken);
                var present = now.Said.GetValueOrDefault(batch.Source.Partition);
                if (present.Fence > batch.Fence || (store.Planted != Bug.IgnoresTransactions && present.Next != said))
                    throw new FencedException(batch.Source, batch.Fence);
                var has = now.Rows.Where(row => row.Partition == batch.Source.Partition).Select(row => row.Offset).ToHashSet();
                var added = events
                    .Where(recorded => store.Planted == Bug.IgnoresTransactions || (batch.IsRedrive ? !has.Contains(recorded.Offset) : said is null || recorded.Offset >= said))
                    .Select(recorded => new TableRow(recorded.Partition, recorded.Offset, recorded.AggregateId, recorded.Sequence))
                    .ToList();
                if (added.Count == 0)
                    return;
                var next = now with
                {
                    Rows = [.. now.Rows, .. added],
                    Said = new(now.Said) { [batch.Source.Partition] = (batch.IsRedrive ? present.Next : batch.NextOffset, batch.Fence) },
                };
                if (await CommitAsync(table, next, $"rows of table {table} up to @{batch.NextOffset}, fence {batch.Fence}", cancellationToken))
                    return;
            }
        }

        private async Task<long?> StateAsync(int table, SourcePartition source, CancellationToken cancellationToken)
        {
            var held = _held[source.Partition];
            var (next, fence) = (await LookAsync(table, cancellationToken)).Said.GetValueOrDefault(source.Partition);
            // Written under a fence from before a reset or an erasure, and so unseen by it: made by a host that was fenced and did not know yet.
            if (next > held.ResetTo && fence < held.ResetFence)
                await RewindAsync(table, source, held.ResetTo, cancellationToken);
            if (next is not null && fence < held.EraseFence && _erased.ContainsKey(source.Partition))
                await EraseAsync(table, source, cancellationToken);
            return (await LookAsync(table, cancellationToken)).Said.GetValueOrDefault(source.Partition).Next;
        }

        private Task RewindAsync(int table, SourcePartition source, long to, CancellationToken cancellationToken) => RemoveAsync(
            table, source, row => row.Offset >= to, next => next > to ? to : next, $"rewind table {table} to @{to}", cancellationToken);

        private Task EraseAsync(int table, SourcePartition source, CancellationToken cancellationToken) => RemoveAsync(
            table, source, row => _erased[source.Partition].Contains(row.AggregateId), next => next, $"erase in table {table}", cancellationToken);

        private async Task RemoveAsync(
            int table, SourcePartition source, Func<TableRow, bool> isGone, Func<long?, long?> position, string what, CancellationToken cancellationToken)
        {
            var fence = _held[source.Partition].Checkpoint.Fence;
            while (true)
            {
                var now = await LookAsync(table, cancellationToken);
                var present = now.Said.GetValueOrDefault(source.Partition);
                if (present.Fence > fence)
                    throw new FencedException(source, fence);
                var next = now with
                {
                    Rows = [.. now.Rows.Where(row => row.Partition != source.Partition || !isGone(row))],
                    Said = new(now.Said) { [source.Partition] = (position(present.Next), fence) },
                };
                if (await CommitAsync(table, next, what, cancellationToken))
                    return;
            }
        }

        private async Task FinishResetAsync(SourcePartition source, CancellationToken cancellationToken)
        {
            for (var table = 0; table < store._tables.Length; table++)
                await RewindAsync(table, source, _held[source.Partition].PendingReset!.Value, cancellationToken);
            await MoveAsync(source, _held[source.Partition] with { PendingReset = null }, cancellationToken);
        }

        private async Task MoveAsync(SourcePartition source, Position position, CancellationToken cancellationToken, Action? applied = null)
        {
            if (!await AddAsync(source, position with { Version = position.Version + 1 }, cancellationToken, applied))
                throw new FencedException(source, position.Checkpoint.Fence);
        }

        private async Task<bool> AddAsync(SourcePartition source, Position position, CancellationToken cancellationToken, Action? applied = null)
        {
            var isAdded = await Steps.CallAsync(
                Callee.Destination, $"position {position.Version} @{position.Checkpoint.NextOffset}, fence {position.Checkpoint.Fence}",
                _ =>
                {
                    var added = store.TryAdd(source.Partition, position);
                    if (added)
                        applied?.Invoke();
                    return added;
                }, cancellationToken);
            if (isAdded)
                _held[source.Partition] = position;
            return isAdded;
        }

        private Task<Table> LookAsync(int table, CancellationToken cancellationToken) =>
            Steps.CallAsync(Callee.Destination, $"newest of table {table}", _ => store._tables[table], cancellationToken);

        private Task<bool> CommitAsync(int table, Table next, string what, CancellationToken cancellationToken) =>
            Steps.CallAsync(Callee.Destination, what, _ => store.TryCommit(table, next, next.Version), cancellationToken);

        private Position Held(SourcePartition source, long fence) =>
            _held.TryGetValue(source.Partition, out var held) && held.Checkpoint.Fence == fence ? held : throw new FencedException(source, fence);
    }
}
