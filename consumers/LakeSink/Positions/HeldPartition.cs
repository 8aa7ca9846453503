using System.Collections.Concurrent;
using Streaming.Lake.Delta;
using Streaming.LakeSink.Erasing;
using Streaming.LakeSink.Sequences;
using Streaming.LakeSink.Tables;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Positions;

/// <summary>A partition that this host has: its position, and how far each of its topic's tables is.</summary>
/// <remarks>Rows first, table by table, each with its own position in the same commit; then the partition's. A crash in between makes the next owner read
/// the same events again, of which each table takes what it does not have.</remarks>
internal sealed class HeldPartition(
    SourcePartition source, PositionLog log, TopicTables tables, PartitionSequences sequences, ErasureTable erasures, LakeOptions options, TimeProvider time)
{
    private const int TablesAtOnce = 4;

    // What the tables said when they were last asked, or told.
    private readonly ConcurrentDictionary<string, long?> _complete = new();
    private readonly ConcurrentDictionary<string, long> _saidAt = new();
    private HashSet<string>? _erased;

    public long Fence => log.Position.Checkpoint.Fence;

    public async Task<Checkpoint> TakeAsync(InitialPosition initial, CancellationToken cancellationToken)
    {
        var position = await log.TakeAsync(initial, cancellationToken);
        if (position.Checkpoint.ClusterId != source.ClusterId || position.Checkpoint.TopicId != source.TopicId)
            return position.Checkpoint;
        await tables.AllAsync(cancellationToken);
        if (position.PendingReset is not null)
            await FinishResetAsync(cancellationToken);
        if (options.JudgesSequences)
            await sequences.LoadAsync(log.Position.Checkpoint.NextOffset, cancellationToken);
        return log.Position.Checkpoint;
    }

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        sequences.Forget();
        var written = await CollectAsync(batch, cancellationToken);
        await Parallel.ForEachAsync(
            written, new ParallelOptions { MaxDegreeOfParallelism = TablesAtOnce, CancellationToken = cancellationToken },
            async (rows, cancel) => await SaveAsync(rows, batch, cancel));
        if (!batch.IsRedrive)
            await SayHowFarAsync(batch.NextOffset, cancellationToken);
        var checkpoint = log.Position.Checkpoint with { NextOffset = batch.NextOffset, Group = batch.Group };
        await log.WriteAsync(log.Position with { Checkpoint = checkpoint }, cancellationToken);
        if (options.JudgesSequences)
            await sequences.KeepAsync(batch, cancellationToken);
    }

    // The next position, which says the same: who has lost the partition finds that version taken.
    public Task ConfirmAsync(CancellationToken cancellationToken) => log.WriteAsync(log.Position, cancellationToken);

    public Task RecordGroupAsync(GroupOffsets offsets, CancellationToken cancellationToken) =>
        log.WriteAsync(log.Position with { Checkpoint = log.Position.Checkpoint with { Group = offsets } }, cancellationToken);

    public async Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
    {
        var position = log.Position;
        var checkpoint = position.Checkpoint.After(reset);
        if (reset.IsForward)
        {
            await log.WriteAsync(position with { Checkpoint = checkpoint }, cancellationToken);
            return checkpoint;
        }

        // Said first, and done then: whoever comes after a crash finds what is left to do.
        var pending = Math.Min(position.PendingReset ?? long.MaxValue, reset.ToOffset);
        var lowest = position.ResetFence > 0 ? Math.Min(position.ResetTo, reset.ToOffset) : reset.ToOffset;
        await log.WriteAsync(position with { Checkpoint = checkpoint, PendingReset = pending, ResetFence = Fence, ResetTo = lowest }, cancellationToken);
        await FinishResetAsync(cancellationToken);
        if (options.JudgesSequences)
            await sequences.LoadAsync(reset.ToOffset, cancellationToken);
        return log.Position.Checkpoint;
    }

    public async Task EraseAsync(IReadOnlyList<Erasure> wanted, CancellationToken cancellationToken)
    {
        _erased ??= await erasures.DoneAsync(source, cancellationToken);
        var fresh = wanted.Where(erasure => !_erased.Contains(erasure.AggregateId)).ToList();
        if (fresh.Count == 0)
            return;
        await log.WriteAsync(log.Position with { EraseFence = Fence }, cancellationToken);      // Refused here, a zombie removes nothing.
        var ids = fresh.Select(erasure => erasure.AggregateId).ToHashSet();
        foreach (var table in await tables.AllAsync(cancellationToken))
            await table.EraseAsync(source, Fence, ids, cancellationToken);
        if (options.JudgesSequences)
            await sequences.EraseAsync(ids, Fence, log.Position.Checkpoint.NextOffset, cancellationToken);
        await erasures.AddAsync(source, fresh, cancellationToken);
        _erased.UnionWith(ids);
    }

    /// <summary>Table by table, the aggregates' rows are removed and those of today added in one commit; rows ahead of the checkpoint stay.</summary>
    public async Task RederiveAsync(EventBatch aggregates, CancellationToken cancellationToken)
    {
        var ids = aggregates.Events.Select(recorded => recorded.AggregateId).ToHashSet();
        var added = new Dictionary<string, TableRows>();
        var book = new SequenceBook();
        foreach (var recorded in aggregates.Events)
        {
            if (options.JudgesSequences && !book.Judge(aggregates, recorded))
                continue;
            var name = EventSchemas.TableOf(recorded.Record.AvroSchema);
            if (!added.TryGetValue(name, out var rows))
            {
                var table = await tables.OpenAsync(name, cancellationToken);
                var state = await StateAsync(table, cancellationToken);
                added[name] = rows = new TableRows(table, state.NextOffset, state.Schema, _ => true);
            }

            rows.Widen(recorded.Record.AvroSchema);
            rows.Add(recorded);
        }

        // Before the first commit: an event that fits nowhere has no consequence.
        foreach (var table in await tables.AllAsync(cancellationToken))
        {
            await StateAsync(table, cancellationToken);
            var rows = added.GetValueOrDefault(table.Name);
            var files = new List<AddFile>();
            foreach (var day in rows?.Days ?? [])
                files.Add(await day.SaveAsync(table.Table, cancellationToken));
            await table.ReplaceAsync(source, Fence, ids, aggregates.NextOffset, rows?.Schema, files, cancellationToken);
        }
    }

    private async Task FinishResetAsync(CancellationToken cancellationToken)
    {
        _complete.Clear();
        foreach (var table in await tables.AllAsync(cancellationToken))
            await table.RewindAsync(source, Fence, log.Position.PendingReset!.Value, cancellationToken);
        await log.WriteAsync(log.Position with { PendingReset = null }, cancellationToken);
    }

    /// <summary>The rows of each table that it does not have. Nothing is written yet, so an event that fits nowhere has no consequence.</summary>
    private async Task<IReadOnlyCollection<TableRows>> CollectAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var byTable = new Dictionary<string, TableRows>();
        var byRecord = new Dictionary<object, TableRows>(ReferenceEqualityComparer.Instance);
        foreach (var recorded in batch.Events)
        {
            if (options.JudgesSequences && !sequences.Judge(batch, recorded))
                continue;
            if (!byRecord.TryGetValue(recorded.Record.AvroSchema, out var rows))
            {
                var name = EventSchemas.TableOf(recorded.Record.AvroSchema);
                if (!byTable.TryGetValue(name, out rows))
                    byTable[name] = rows = await OpenAsync(name, batch, cancellationToken);
                rows.Widen(recorded.Record.AvroSchema);
                byRecord[recorded.Record.AvroSchema] = rows;
            }
            rows.Add(recorded);
        }
        return byTable.Values;
    }

    private async Task<TableRows> OpenAsync(string name, EventBatch batch, CancellationToken cancellationToken)
    {
        var table = await tables.OpenAsync(name, cancellationToken);
        var state = await StateAsync(table, cancellationToken);
        if (!batch.IsRedrive)
            return new TableRows(table, state.NextOffset, state.Schema, offset => state.NextOffset is null || offset >= state.NextOffset);
        var there = await table.OffsetsAsync(source, [.. batch.Events.Select(recorded => recorded.Offset)], cancellationToken);
        return new TableRows(table, state.NextOffset, state.Schema, offset => !there.Offsets.Contains(offset), there.IsStillTrue);
    }

    private async Task<TableState> StateAsync(EventTable table, CancellationToken cancellationToken)
    {
        var isKnown = _complete.ContainsKey(table.Name);
        var state = await table.StateAsync(source, isNewest: !isKnown, cancellationToken);
        // Written under a fence from before a reset or an erasure, and so unseen by it: made by a host that was fenced and did not know yet.
        if (state.NextOffset > log.Position.ResetTo && state.Fence < log.Position.ResetFence)
            await table.RewindAsync(source, Fence, log.Position.ResetTo, cancellationToken);
        if (state.NextOffset is not null && state.Fence < log.Position.EraseFence && _erased is { Count: > 0 })
            await table.EraseAsync(source, Fence, _erased, cancellationToken);
        if (state.Fence < Math.Max(log.Position.ResetFence, log.Position.EraseFence))
            state = await table.StateAsync(source, isNewest: false, cancellationToken);
        if (state.Fence > Fence)
            throw new FencedException(source, Fence);
        _complete[table.Name] = state.NextOffset;
        return state;
    }

    private async Task SaveAsync(TableRows rows, EventBatch batch, CancellationToken cancellationToken)
    {
        var files = new List<AddFile>();
        foreach (var day in rows.Days)
            files.Add(await day.SaveAsync(rows.Table.Table, cancellationToken));
        if (files.Count > 0)
            await AppendAsync(rows.Table, rows.Complete, batch.IsRedrive ? null : batch.NextOffset, rows.Schema, files, rows.IsStillMissing, cancellationToken);
    }

    /// <summary>Tables without new rows say from time to time that there were none, so that each says by itself how far it is complete.</summary>
    private async Task SayHowFarAsync(long nextOffset, CancellationToken cancellationToken)
    {
        foreach (var table in tables.Known)
        {
            if (time.GetElapsedTime(_saidAt.GetOrAdd(table.Name, _ => time.GetTimestamp())).TotalMilliseconds < options.PositionIntervalMs)
                continue;
            var state = await StateAsync(table, cancellationToken);
            if (state.Schema is not null && (state.NextOffset ?? -1) < nextOffset)   // One that is ahead was written before a crash.
                await AppendAsync(table, state.NextOffset, nextOffset, schema: null, [], _ => true, cancellationToken);
            _saidAt[table.Name] = time.GetTimestamp();
        }
    }

    private async Task AppendAsync(
        EventTable table, long? complete, long? nextOffset, StructType? schema, IReadOnlyList<AddFile> files, Func<Snapshot, bool> isMissing, CancellationToken cancellationToken)
    {
        try
        {
            await table.AppendAsync(source, Fence, complete, nextOffset, schema, files, isMissing, cancellationToken);
            _complete[table.Name] = nextOffset ?? complete;
            _saidAt[table.Name] = time.GetTimestamp();
        }
        catch
        {
            _complete.TryRemove(table.Name, out _);     // Whether it was written is asked before the next try.
            throw;
        }
    }
}
