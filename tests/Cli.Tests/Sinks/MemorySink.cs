using System.Collections.Concurrent;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Cli.Tests.Sinks;

/// <summary>A destination in memory, which refuses whatever belongs to certain products.</summary>
/// <param name="permits">Batches that may still be written before the next one waits; null: all.</param>
internal sealed class MemorySink(int generation = 1, SemaphoreSlim? permits = null) : ISink
{
    private readonly ConcurrentDictionary<SourcePartition, Checkpoint> _checkpoints = new();

    public string Name { get; } = SinkNames.OfGeneration("memory-sink", generation);

    /// <summary>What each event came to, by aggregate and sequence.</summary>
    public ConcurrentDictionary<string, string> Rows { get; } = new();

    /// <summary>Products whose events are poison here.</summary>
    public ConcurrentDictionary<string, bool> Refused { get; } = new();

    /// <summary>Every event that was written, as often as it was.</summary>
    public ConcurrentQueue<(string AggregateId, long Sequence, SinkMode Mode, object? Enrichment)> Written { get; } = new();

    public bool IsPrepared { get; private set; }

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        IsPrepared = true;
        return Task.CompletedTask;
    }

    public Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken) => Task.FromResult(_checkpoints.AddOrUpdate(
        source,
        _ => new Checkpoint(source.ClusterId, source.TopicId, initial.LogStart, 1, 1, new GroupOffsets(initial.GroupCommitted, initial.GroupCommitted), LiveFrom: initial.LogEnd),
        (_, known) => known with { Fence = known.Fence + 1 }));

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (permits is not null)
            await permits.WaitAsync(cancellationToken);
        foreach (var recorded in batch.Events)
        {
            if (Refused.ContainsKey(recorded.AggregateId))
                throw new PoisonEventException(recorded.Offset, $"{recorded.AggregateId} is not wanted here");
        }

        foreach (var recorded in batch.Events)
            Rows[$"{recorded.AggregateId}@{recorded.Sequence}"] = recorded.Record.GetType().Name;
        foreach (var recorded in batch.Events)
            Written.Enqueue((recorded.AggregateId, recorded.Sequence, batch.Mode, recorded.Enrichment));
        Change(batch.Source, known => known with { NextOffset = batch.NextOffset, Group = batch.Group });
    }

    public Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) =>
        _checkpoints[source].Fence == fence ? Task.CompletedTask : throw new FencedException(source, fence);

    public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
    {
        Change(source, known => known with { Group = offsets });
        return Task.CompletedTask;
    }

    public Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken) => Task.FromResult(Change(reset.Source, known => known.After(reset)));

    public bool IsTransient(Exception failure) => false;

    private Checkpoint Change(SourcePartition source, Func<Checkpoint, Checkpoint> change) => _checkpoints[source] = change(_checkpoints[source]);
}
