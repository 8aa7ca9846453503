using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Destinations;

/// <summary>Documents with versions: the server takes each by itself, if its version is no lower than what it has. The checkpoint is a document, too,
/// and its writer names the one before.</summary>
internal sealed class DocumentsDestination(World world, Bug bug) : Destination
{
    private const int SequenceBits = 40;

    private readonly Dictionary<string, Document> _documents = [];
    private readonly Dictionary<int, Position> _positions = [];

    private World World => world;
    private Bug Planted => bug;

    public override ISink Connect() => new Connection(this);

    public override Checkpoint? CheckpointOf(int partition) => _positions.GetValueOrDefault(partition)?.Checkpoint;

    public override Contents Read(int partition)
    {
        var there = _documents.Where(document => document.Value.Row is not null && document.Key.StartsWith($"P{partition}-", StringComparison.Ordinal)).ToList();
        return new(
            there.Where(document => !document.Key.Contains('@')).ToDictionary(document => document.Key, document => document.Value.Row!),
            [.. there.Where(document => document.Key.Contains('@')).Select(document => document.Key).Order()]);
    }

    /// <returns>What failed: versions that are too low, and items that the server was too busy for.</returns>
    private List<BulkFailure> Bulk(IEnumerable<Document> items, Random? random)
    {
        var failures = new List<BulkFailure>();
        foreach (var item in items)
        {
            if (random?.Next(12) == 0)
                failures.Add(new(item.Id, IsConflict: false));
            else if (_documents.TryGetValue(item.Id, out var there) && there.Version > item.Version)
                failures.Add(new(item.Id, IsConflict: true));
            else
                _documents[item.Id] = item;
        }

        return failures;
    }

    private Position? TryPut(int partition, Position position, long expected)
    {
        if ((_positions.GetValueOrDefault(partition)?.Place ?? 0) != expected)
            return null;
        return _positions[partition] = position with { Place = expected + 1 };
    }

    private static long VersionOf(int epoch, long sequence) => ((long)epoch << SequenceBits) + sequence;

    /// <param name="Row">Null for a deleted one, of which the version stays.</param>
    private sealed record Document(string Id, long Version, int Epoch, Row? Row);

    private sealed record Position(Checkpoint Checkpoint, int FoldEpoch, long Place);

    private readonly record struct BulkFailure(string Id, bool IsConflict);

    private sealed class Connection(DocumentsDestination server) : ISink
    {
        private readonly Dictionary<int, Position> _held = [];

        public string Name => "documents";

        private Stepper Steps => server.World.Steps;

        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
        {
            while (true)
            {
                var found = await FindAsync(source, cancellationToken);
                var position = found ?? new(First(source, initial), FoldEpoch: 1, Place: 0);
                var taken = position with { Checkpoint = position.Checkpoint with { Fence = position.Checkpoint.Fence + 1 } };
                if (await PutAsync(source, taken, position.Place, cancellationToken) is { } put)
                    return (_held[source.Partition] = put).Checkpoint;
            }
        }

        public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
        {
            var held = Held(batch.Source, batch.Fence);
            var ids = batch.Events.Select(recorded => recorded.AggregateId).Distinct().ToList();
            var before = await Steps.CallAsync(
                Callee.Destination, $"get {string.Join(" ", ids)}",
                _ => ids.Select(id => server._documents.GetValueOrDefault(id)).OfType<Document>().Where(document => document.Epoch >= held.FoldEpoch)
                    .ToDictionary(document => document.Id, document => document.Row),
                cancellationToken);
            var items = Fold(batch, before);
            if (server.Planted == Bug.SavesTheCheckpointFirst)
                await AdvanceAsync(batch, held, cancellationToken);
            if (items.Count > 0)
                await SendAsync(batch.Source, held, $"documents up to @{batch.NextOffset}, fence {batch.Fence}", items, cancellationToken);
            if (server.Planted != Bug.SavesTheCheckpointFirst)
                await AdvanceAsync(batch, held, cancellationToken);
        }

        public async Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
        {
            var held = Held(source, fence);
            await CheckAsync(source, held, cancellationToken);
            var items = new List<Document>();
            foreach (var erasure in erasures)
            {
                items.Add(new(erasure.AggregateId, VersionOf(held.Checkpoint.Epoch, erasure.LastSequence + 1), held.Checkpoint.Epoch, null));
                for (var sequence = 1L; sequence <= erasure.LastSequence; sequence++)
                    items.Add(new($"{erasure.AggregateId}@{sequence}", VersionOf(held.Checkpoint.Epoch, sequence), held.Checkpoint.Epoch, null));
            }

            await SendAsync(source, held, $"erase {string.Join(" ", erasures.Select(erasure => erasure.AggregateId))}", items, cancellationToken);
        }

        public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) => CheckAsync(source, Held(source, fence), cancellationToken);

        public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
        {
            var held = Held(source, fence);
            return ReplaceAsync(source, held, held with { Checkpoint = held.Checkpoint with { Group = offsets } }, cancellationToken);
        }

        public async Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
        {
            var held = Held(reset.Source, reset.Fence);
            var after = held.Checkpoint.After(reset);
            var position = reset.IsForward
                ? held with { Checkpoint = after }
                : held with { Checkpoint = after with { NextOffset = 0, SkippedBefore = 0 }, FoldEpoch = after.Epoch };
            await ReplaceAsync(reset.Source, held, position, cancellationToken, () => server.Applied(reset, held.Checkpoint, position.Checkpoint));
            return position.Checkpoint;
        }

        public bool IsTransient(Exception failure) => failure is IOException;

        private List<Document> Fold(EventBatch batch, Dictionary<string, Row?> before)
        {
            var rows = new Dictionary<string, Row?>(before);
            var changed = new Dictionary<string, Document>();
            foreach (var recorded in batch.Events)
            {
                Admit(server.World, recorded);
                var row = rows.GetValueOrDefault(recorded.AggregateId);
                var after = Row.After(row, recorded, batch)!;
                if (after == row && row.Offset < recorded.Offset)
                    continue;
                var version = VersionOf(batch.Epoch, recorded.Sequence);
                if (after != row)
                    changed[recorded.AggregateId] = new(recorded.AggregateId, version, batch.Epoch, rows[recorded.AggregateId] = after);
                // Also where the row is there already: of a bulk request that was cut off, any part may have been done.
                var entry = $"{recorded.AggregateId}@{recorded.Sequence}";
                changed[entry] = new(entry, version, batch.Epoch, after);
            }

            return [.. changed.Values];
        }

        private async Task SendAsync(SourcePartition source, Position held, string what, List<Document> items, CancellationToken cancellationToken)
        {
            var failures = await Steps.CallAsync(Callee.Destination, what, random => server.Bulk(items, random), cancellationToken);
            if (failures.Exists(failure => !failure.IsConflict))
                throw new IOException("the server is busy");
            if (failures.Count == 0)
                return;
            await CheckAsync(source, held, cancellationToken);
            throw new IOException($"{failures[0].Id} has changed since it was read");
        }

        private async Task CheckAsync(SourcePartition source, Position held, CancellationToken cancellationToken)
        {
            if ((await FindAsync(source, cancellationToken))?.Checkpoint.Fence != held.Checkpoint.Fence)
                throw new FencedException(source, held.Checkpoint.Fence);
        }

        private Task AdvanceAsync(EventBatch batch, Position held, CancellationToken cancellationToken) => ReplaceAsync(
            batch.Source, held, held with
            {
                Checkpoint = held.Checkpoint with { NextOffset = batch.IsRedrive ? held.Checkpoint.NextOffset : batch.NextOffset, Group = batch.Group },
            }, cancellationToken);

        private async Task ReplaceAsync(SourcePartition source, Position held, Position position, CancellationToken cancellationToken, Action? applied = null)
        {
            while (await PutAsync(source, position, held.Place, cancellationToken, applied) is var put)
            {
                if (put is not null)
                {
                    _held[source.Partition] = put;
                    return;
                }

                if (await FindAsync(source, cancellationToken) is not { } present || present.Checkpoint.Fence != held.Checkpoint.Fence)
                    throw new FencedException(source, held.Checkpoint.Fence);
                // It was us: the answer to an earlier try did not reach us.
                if (present with { Place = 0 } == position with { Place = 0 })
                {
                    _held[source.Partition] = present;
                    return;
                }

                held = present;
            }
        }

        private Task<Position?> FindAsync(SourcePartition source, CancellationToken cancellationToken) =>
            Steps.CallAsync(Callee.Destination, "find checkpoint", _ => server._positions.GetValueOrDefault(source.Partition), cancellationToken);

        private Task<Position?> PutAsync(SourcePartition source, Position position, long expected, CancellationToken cancellationToken, Action? applied = null) => Steps.CallAsync(
            Callee.Destination, $"checkpoint @{position.Checkpoint.NextOffset}, fence {position.Checkpoint.Fence}",
            _ =>
            {
                var put = server.TryPut(source.Partition, position, expected);
                if (put is not null)
                    applied?.Invoke();
                return put;
            }, cancellationToken);

        private Position Held(SourcePartition source, long fence) =>
            _held.TryGetValue(source.Partition, out var held) && held.Checkpoint.Fence == fence ? held : throw new FencedException(source, fence);
    }
}
