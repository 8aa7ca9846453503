using Npgsql;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Audit;
using Streaming.Sinks.Sql.Positions;
using Streaming.Sinks.Sql.Projecting;

namespace Streaming.Sinks.Sql;

/// <summary>Writes one batch at a time within its transaction; its buffers are used again for the next.</summary>
internal sealed class BatchWriter(
    string schema, CheckpointTable checkpoints, IReadOnlyDictionary<string, IReadOnlyList<BoundProjection>> projections, bool isAudited) : IDisposable
{
    private readonly Dictionary<string, IReadOnlyList<ProjectionFold>> _folds = [];
    private readonly AuditRows _audit = new();

    /// <summary>The last batch was written on the assumption that an aggregate whose first event is in it has no rows yet.</summary>
    public bool HasAssumed { get; private set; }

    /// <param name="assumesNew">Rows are not looked for where an aggregate's first event comes. Where that is wrong, writing fails, as it does
    /// for other reasons, and is to be tried again without: half of the price of a new row is the looking.</param>
    /// <exception cref="PoisonEventException">An event contradicts what is there, or cannot be stored.</exception>
    /// <exception cref="PostgresException">A row is there already that was assumed not to be.</exception>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public async Task WriteAsync(NpgsqlConnection connection, EventBatch batch, bool assumesNew, CancellationToken cancellationToken)
    {
        var topic = batch.Source.Topic;
        var folds = FoldsOf(topic);
        var next = await LoadAsync(connection, batch, folds, assumesNew, cancellationToken);
        Fold(batch, folds, next);

        var origin = new RowOrigin(topic, batch.Source.Partition, batch.Epoch);
        foreach (var fold in folds)
        {
            await fold.CheckRepeatsAsync(connection, cancellationToken);
            await fold.CopyAsync(connection, origin, cancellationToken);
        }

        await _audit.SendAsync(connection, schema, cancellationToken);
        await SaveAsync(connection, batch, folds, origin, cancellationToken);
    }

    public void Dispose() => _audit.Dispose();

    private IReadOnlyList<ProjectionFold> FoldsOf(string topic)
    {
        if (!_folds.TryGetValue(topic, out var folds))
            _folds.Add(topic, folds = [.. projections[topic].Select(projection => projection.CreateFold())]);
        return folds;
    }

    /// <summary>One round trip: locks the checkpoint, and reads the rows that the batch may change.</summary>
    /// <returns>The checkpoint's next offset.</returns>
    private async Task<long> LoadAsync(
        NpgsqlConnection connection, EventBatch batch, IReadOnlyList<ProjectionFold> folds, bool assumesNew, CancellationToken cancellationToken)
    {
        var firsts = new Dictionary<string, long>();
        foreach (var recorded in batch.Events)
            firsts.TryAdd(recorded.AggregateId, recorded.Sequence);
        string[] all = [.. firsts.Keys];
        string[] known = assumesNew ? [.. firsts.Where(first => first.Value > 1).Select(first => first.Key)] : all;
        HasAssumed = known.Length < all.Length;
        await using var load = new NpgsqlBatch(connection)
        {
            // Each statement finds its rows by their keys. A planner that knew how many keys there are might read the whole table instead.
            BatchCommands = { new("SET LOCAL plan_cache_mode = force_generic_plan"), checkpoints.Lock(batch.Source) },
        };
        foreach (var fold in folds)
        {
            fold.Begin(batch);
            fold.AddSelects(load, known, all);
        }

        await using var reader = await load.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(1) != batch.Fence)
            throw new FencedException(batch.Source, batch.Fence);
        var next = reader.GetInt64(0);
        foreach (var fold in folds)
            await fold.ReadBeforeAsync(reader, cancellationToken);
        return next;
    }

    private void Fold(EventBatch batch, IReadOnlyList<ProjectionFold> folds, long next)
    {
        _audit.Begin();
        foreach (var recorded in batch.Events)
        {
            // What an earlier try committed without our hearing of it is there already.
            if (!batch.IsRedrive && recorded.Offset < next)
                continue;
            var (occurredAt, isNew) = (BusinessTime.Of(recorded), false);
            foreach (var fold in folds)
                isNew |= fold.Add(recorded, occurredAt);
            if (isNew && isAudited)
                _audit.Add(recorded, occurredAt, batch.Epoch);
        }
    }

    /// <summary>One round trip: changed rows, and the checkpoint in the rows' own transaction.</summary>
    private async Task SaveAsync(
        NpgsqlConnection connection, EventBatch batch, IReadOnlyList<ProjectionFold> folds, RowOrigin origin, CancellationToken cancellationToken)
    {
        await using var save = new NpgsqlBatch(connection);
        foreach (var fold in folds)
            fold.AddChanges(save, origin);
        var advance = checkpoints.Advance(batch);
        save.BatchCommands.Add(advance);
        await save.ExecuteNonQueryAsync(cancellationToken);
        // After a crash, data and position cannot disagree; a zombie's fence is old, and it fails here.
        if (advance.RecordsAffected == 0)
            throw new FencedException(batch.Source, batch.Fence);
    }
}
