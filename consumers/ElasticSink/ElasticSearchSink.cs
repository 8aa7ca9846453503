using System.Collections.Concurrent;
using System.Text.Json;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Generations;
using Streaming.ElasticSink.Positions;
using Streaming.Sinks;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink;

/// <summary>Writes documents in bulk, and the checkpoint after them.</summary>
/// <remarks>
/// A crash in between leaves documents ahead of the checkpoint: the batch comes again, and the fold skips what they hold. A document's version is
/// made of epoch and sequence, so whoever is late cannot put an older one in place of a newer one.
/// </remarks>
internal sealed class ElasticSearchSink(SearchClient client, ElasticOptions options) : ISink
{
    // A partition is taken over with every erasure it ever had.
    private const int DeletionsMax = 10_000;

    private readonly CheckpointIndex _checkpoints = new(client, options);
    private readonly ConcurrentDictionary<SourcePartition, HeldCheckpoint> _held = new();
    private readonly ConcurrentBag<BulkRequest> _requests = [];
    private readonly BulkSender _sender = new(client, options.RequestBytesMax);

    public string Name { get; } = SinkNames.OfGeneration("elastic-sink", options.Generation);

    public Task PrepareAsync(CancellationToken cancellationToken) => new GenerationPreparation(client, _checkpoints, options).RunAsync(cancellationToken);

    public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await _checkpoints.FindAsync(source, cancellationToken) is not { } found)
                {
                    var first = new Checkpoint(source.ClusterId, source.TopicId, initial.LogStart, 1, 1, new GroupOffsets(initial.GroupCommitted, initial.GroupCommitted), LiveFrom: initial.LogEnd);
                    return Hold(source, await _checkpoints.CreateAsync(
                        source, new CheckpointDocument(source.Topic, source.Partition, first, initial.LogStart, FoldEpoch: 1), cancellationToken));
                }

                var checkpoint = found.Checkpoint;
                if (checkpoint.ClusterId != source.ClusterId || checkpoint.TopicId != source.TopicId)
                    return checkpoint;
                var taken = found.Document with { Checkpoint = checkpoint with { Fence = checkpoint.Fence + 1 }, LogStart = initial.LogStart };
                return Hold(source, await _checkpoints.TakeAsync(source, found, taken, cancellationToken));
            }
            catch (Exception raced) when (raced is FencedException or SearchServerException { IsConflict: true })
            {
                // Another host took it in the same moment: the later one has it.
            }
        }
    }

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var held = HeldBy(batch.Source, batch.Fence);
        var models = Models.Of(batch.Source.Topic);
        var before = await LoadAsync(models.State, batch.Events.Select(recorded => recorded.AggregateId).Distinct(), held.Document.FoldEpoch, cancellationToken);
        var fold = new DocumentFold(models, batch, before);
        foreach (var recorded in batch.Events)
            fold.Add(recorded);
        if (!fold.IsEmpty)
            await SendAsync(batch.Source, held, request => fold.Write(request, options), cancellationToken);

        // After the documents: what the checkpoint says is there. A zombie's write of it fails.
        await AdvanceAsync(batch.Source, held, checkpoint => checkpoint with
        {
            NextOffset = batch.IsRedrive ? checkpoint.NextOffset : batch.NextOffset,
            Group = batch.Group,
        }, cancellationToken);
    }

    public async Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
    {
        var held = HeldBy(source, fence);
        await CheckFenceAsync(source, held, cancellationToken);
        var models = Models.Of(source.Topic);
        foreach (var some in Deletions(models, erasures, held.Checkpoint.Epoch).Chunk(DeletionsMax))
        {
            await SendAsync(source, held, request =>
            {
                foreach (var (index, id, version) in some)
                    request.Delete(index, id, version);
            }, cancellationToken);
        }
    }

    public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) => CheckFenceAsync(source, HeldBy(source, fence), cancellationToken);

    public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken) =>
        AdvanceAsync(source, HeldBy(source, fence), checkpoint => checkpoint with { Group = offsets }, cancellationToken);

    /// <summary>A reset back goes to where the log begins, whatever was asked: a document is folded from its aggregate's first event on, and one that
    /// holds later events is no before for an earlier one.</summary>
    public Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
    {
        var held = HeldBy(reset.Source, reset.Fence);
        var after = held.Checkpoint.After(reset);
        var document = reset.IsForward
            ? held.Document with { Checkpoint = after }
            : held.Document with
            {
                FoldEpoch = after.Epoch,
                Checkpoint = after with { NextOffset = Math.Min(held.Document.LogStart, reset.ToOffset), SkippedBefore = 0 },
            };
        return ReplaceAsync(reset.Source, held, document, cancellationToken);
    }

    /// <summary>In a new epoch, which is recorded first: what anybody writes of an earlier one is older for the server. Later events go on in it.</summary>
    public async Task RederiveAsync(EventBatch aggregates, CancellationToken cancellationToken)
    {
        var fold = FoldAnew(aggregates, HeldBy(aggregates.Source, aggregates.Fence).Checkpoint.Epoch + 1);
        await AdvanceAsync(aggregates.Source, HeldBy(aggregates.Source, aggregates.Fence), checkpoint => checkpoint with { Epoch = checkpoint.Epoch + 1, Group = aggregates.Group }, cancellationToken);
        await SendAsync(aggregates.Source, HeldBy(aggregates.Source, aggregates.Fence), request => fold.Write(request, options), cancellationToken);
    }

    private static DocumentFold FoldAnew(EventBatch aggregates, int epoch)
    {
        var fold = new DocumentFold(Models.Of(aggregates.Source.Topic), aggregates with { Epoch = epoch }, new Dictionary<string, DerivedDocument>());
        foreach (var recorded in aggregates.Events)
            fold.Add(recorded);
        return fold;
    }

    public IRehearsal Rehearse(SourcePartition source) => new DocumentRehearsal(source, Models.Of(source.Topic), options);

    public bool IsTransient(Exception failure) => failure switch
    {
        SearchServerException answered => answered.MayPass,
        HttpRequestException or IOException or TaskCanceledException { InnerException: TimeoutException } or DocumentConflictException => true,
        _ => false,
    };

    /// <summary>The documents before a batch, in one request. Those of an epoch before the last reset back don't count.</summary>
    private async Task<Dictionary<string, DerivedDocument>> LoadAsync(ReadModel model, IEnumerable<string> ids, int foldEpoch, CancellationToken cancellationToken)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("ids");
            foreach (var id in ids)
                json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return await client.SendAsync($"{model.IndexOf(options)}/_mget", body.WrittenMemory, "application/json", answer => MultiGetAnswer.Read(answer.Span, model, foldEpoch), cancellationToken);
    }

    private IEnumerable<(string Index, string Id, long Version)> Deletions(ContextModels models, IReadOnlyList<Erasure> erasures, int epoch)
    {
        foreach (var erasure in erasures)
        {
            yield return (models.State.IndexOf(options), erasure.AggregateId, DocumentMeta.VersionOf(epoch, erasure.LastSequence + 1));
            for (var sequence = 1L; models.Entries is { } entries && sequence <= erasure.LastSequence; sequence++)
                yield return (entries.Naming.IndexOf(options), $"{erasure.AggregateId}@{sequence}", DocumentMeta.VersionOf(epoch, sequence));
        }
    }

    private async Task SendAsync(SourcePartition source, HeldCheckpoint held, Action<BulkRequest> fill, CancellationToken cancellationToken)
    {
        if (!_requests.TryTake(out var request))
            request = new BulkRequest();
        try
        {
            request.Clear();
            fill(request);
            var failures = await _sender.SendAsync(request, cancellationToken);
            if (failures.Count > 0)
                await JudgeAsync(source, held, failures, cancellationToken);
        }
        finally
        {
            _requests.Add(request);
        }
    }

    private async Task JudgeAsync(SourcePartition source, HeldCheckpoint held, List<BulkFailure> failures, CancellationToken cancellationToken)
    {
        // A busy server first: what else is wrong is found again when it is tried again.
        if (failures.Find(failure => failure.Status is 429 or >= 500) is { } busy)
            throw new SearchServerException(busy.Status, busy.Type, $"{busy.Item.Index}/{busy.Item.Id} was not written: {busy.Reason}");
        // A deletion that finds nothing is done.
        failures.RemoveAll(failure => failure.Status == 404 && failure.Item.Offset < 0 && failure.Type != "index_not_found_exception");
        if (failures.Exists(failure => failure.Status == 409))
        {
            await CheckFenceAsync(source, held, cancellationToken);
            throw new DocumentConflictException($"{failures[0].Item.Index}/{failures[0].Item.Id} has changed since it was read: {failures[0].Reason}");
        }

        // Refused for what is in it, or for the server's own reasons: no rights, a block, an index that is gone. The latter is nothing to park events for.
        if (failures.Find(failure => failure.Status is not (400 or 413)) is { } closed)
            throw new SearchServerException(closed.Status, closed.Type, $"{closed.Item.Index}/{closed.Item.Id} was not written: {closed.Reason}");
        // The first one: everything before it can be written without the others.
        if (failures.MinBy(failure => failure.Item.Offset) is { } refused)
            throw new PoisonEventException(refused.Item.Offset, $"the document {refused.Item.Index}/{refused.Item.Id} is refused: {refused.Type} {refused.Reason}");
    }

    private async Task CheckFenceAsync(SourcePartition source, HeldCheckpoint held, CancellationToken cancellationToken)
    {
        if (await _checkpoints.FindAsync(source, cancellationToken) is not { } present || present.Checkpoint.Fence != held.Checkpoint.Fence)
            throw new FencedException(source, held.Checkpoint.Fence);
    }

    private Task<Checkpoint> AdvanceAsync(SourcePartition source, HeldCheckpoint held, Func<Checkpoint, Checkpoint> change, CancellationToken cancellationToken) =>
        ReplaceAsync(source, held, held.Document with { Checkpoint = change(held.Checkpoint) }, cancellationToken);

    private async Task<Checkpoint> ReplaceAsync(SourcePartition source, HeldCheckpoint held, CheckpointDocument document, CancellationToken cancellationToken) =>
        Hold(source, await _checkpoints.ReplaceAsync(source, held, document, cancellationToken));

    private Checkpoint Hold(SourcePartition source, HeldCheckpoint held) => (_held[source] = held).Checkpoint;

    private HeldCheckpoint HeldBy(SourcePartition source, long fence) =>
        _held.TryGetValue(source, out var held) && held.Checkpoint.Fence == fence ? held : throw new FencedException(source, fence);
}

/// <summary>A document was written by somebody else between its reading and its writing. The batch is folded again over what is there now.</summary>
internal sealed class DocumentConflictException(string message) : Exception(message);
