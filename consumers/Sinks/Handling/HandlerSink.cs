using System.Collections.Concurrent;
using System.Net.Sockets;
using Confluent.Kafka;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Gateway;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Handling;

/// <summary>A sink without a destination: each event goes to a handler, and the position is kept on a topic.</summary>
/// <remarks>A batch that fails halfway comes again whole. What its events did before is not done twice, as far as it was done through the gateway.
/// Before each event, and each call through the gateway, it is made sure that the partition is still ours: no fence refuses what a host does that wakes late.</remarks>
internal sealed class HandlerSink(
    string name, IEventHandler handler, ICheckpointLog checkpoints, RecordingGateway gateway, int lanesMax) : ISink, IDisposable
{
    private readonly ConcurrentDictionary<SourcePartition, Checkpoint> _present = new();

    public string Name => name;

    private RecordingGateway Gateway => gateway;

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        var kept = await checkpoints.TakeAsync(source, cancellationToken)
            ?? new Checkpoint(source.ClusterId, source.TopicId, initial.LogStart, Epoch: 1, Fence: 0,
                new GroupOffsets(initial.GroupCommitted, initial.GroupCommitted), LiveFrom: initial.LogEnd);
        if (kept.ClusterId != source.ClusterId || kept.TopicId != source.TopicId)
            return kept;
        gateway.Forget(source);
        return await KeepAsync(source, kept with { Fence = kept.Fence + 1 }, cancellationToken);
    }

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var present = Present(batch.Source, batch.Fence);
        var due = batch.IsRedrive ? batch.Events : [.. batch.Events.Where(recorded => recorded.Offset >= present.NextOffset)];
        await KeyedParallel.ForEachAsync(due, lanesMax, (recorded, cancel) => HandleAsync(batch, recorded, cancel), cancellationToken);
        await KeepAsync(batch.Source, present with { NextOffset = batch.NextOffset, Group = batch.Group }, cancellationToken);
    }

    public Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken) => Task.CompletedTask;

    // Written once more as it is: a topic is asked by writing to it.
    public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) => KeepAsync(source, Present(source, fence), cancellationToken);

    public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken) =>
        KeepAsync(source, Present(source, fence) with { Group = offsets }, cancellationToken);

    public Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken) =>
        KeepAsync(reset.Source, Present(reset.Source, reset.Fence).After(reset), cancellationToken);

    public bool IsTransient(Exception failure) =>
        failure is KafkaException or SocketException or TimeoutException or IOException or TaskCanceledException || (failure is HttpRequestException called && RetryPolicy.MayPass(called));

    public void Dispose() => (checkpoints as IDisposable)?.Dispose();

    public IRehearsal Rehearse(SourcePartition source) => new HandlerRehearsal(this, source);

    private async Task HandleAsync(EventBatch batch, RecordedEvent recorded, CancellationToken cancellationToken)
    {
        using var scope = gateway.Enter(batch.Source, recorded, batch.Mode, batch.IsRedrive, batch.EnsureOursAsync);
        await batch.EnsureOursAsync(cancellationToken);
        try
        {
            await HandleAsync(recorded, batch.Mode, cancellationToken);
        }
        catch (CallSkippedException)
        {
            // By the policy for calls without a record: the event counts as handled.
        }
    }

    private async Task HandleAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken)
    {
        try
        {
            await handler.HandleAsync(recorded, mode, cancellationToken);
        }
        catch (Exception cause) when (cause is not PoisonEventException and not CallSkippedException and not FencedException and not OperationCanceledException && !IsTransient(cause))
        {
            throw new PoisonEventException(recorded.Offset, cause.Message, cause);
        }
    }

    private Checkpoint Present(SourcePartition source, long fence) =>
        _present.TryGetValue(source, out var present) && present.Fence == fence ? present : throw new FencedException(source, fence);

    private async Task<Checkpoint> KeepAsync(SourcePartition source, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        await checkpoints.WriteAsync(source, checkpoint, cancellationToken);
        return _present[source] = checkpoint;
    }

    /// <summary>The handler itself, whose calls are answered as in a replay: from the record, or not at all.</summary>
    private sealed class HandlerRehearsal(HandlerSink sink, SourcePartition source) : IRehearsal
    {
        public string Scope => "The handler was given each of them; its HTTP calls were answered from their record, and no other was made. Whatever else it does by itself, it did.";

        public async Task TryAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken)
        {
            using var scope = sink.Gateway.Enter(source, recorded, SinkMode.Replay, isRedrive: false);
            await sink.HandleAsync(recorded, mode, cancellationToken);
        }
    }
}
