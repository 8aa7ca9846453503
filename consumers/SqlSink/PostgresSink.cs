using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.SqlSink.Database;
using Streaming.SqlSink.Erasing;
using Streaming.SqlSink.Inventory;
using Streaming.SqlSink.Positions;

namespace Streaming.SqlSink;

/// <summary>Writes inventory events into PostgreSQL: current stock, movements, audit log and checkpoint in one transaction.</summary>
internal sealed class PostgresSink(NpgsqlDataSource database, IOptions<DatabaseOptions> options, ILogger<PostgresSink> logger) : ISink
{
    private readonly ConcurrentBag<BatchRows> _rows = [];

    public string Name => "sql-sink";

    public Task PrepareAsync(CancellationToken cancellationToken) =>
        new Migrator(database, options.Value.Schema, logger).MigrateAsync(cancellationToken);

    public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await CheckpointTable.TakeAsync(connection, source, initial, cancellationToken);
    }

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (!_rows.TryTake(out var rows))
            rows = new BatchRows();
        try
        {
            await WriteAsync(batch, rows, cancellationToken);
        }
        finally
        {
            _rows.Add(rows);
        }
    }

    public async Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = new NpgsqlBatch(connection) { BatchCommands = { CheckpointTable.Lock(source) } })
        await using (var reader = await locking.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(1) != fence)
                throw new FencedException(source, fence);
        }
        await ErasureTable.ApplyAsync(connection, source, erasures, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await CheckpointTable.RecordGroupAsync(connection, source, fence, offsets, cancellationToken);
    }

    public async Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var checkpoint = await CheckpointTable.ResetAsync(connection, reset, cancellationToken)
            ?? throw new FencedException(reset.Source, reset.Fence);
        if (!reset.IsForward)
            await StockRewind.ApplyAsync(connection, reset.Source, reset.ToOffset, checkpoint.Epoch, cancellationToken);
        await ResetTable.AddAsync(connection, reset, checkpoint.Epoch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return checkpoint;
    }

    public bool IsTransient(Exception failure) => DatabaseFailures.MayPass(failure);

    private async Task WriteAsync(EventBatch batch, BatchRows rows, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (next, before) = await LoadAsync(connection, batch, cancellationToken);

        var fold = new StockFold(before, batch);
        foreach (var recorded in batch.Events)
        {
            // What an earlier try committed without our hearing of it is there already.
            if (batch.IsRedrive || recorded.Offset >= next)
                fold.Add(recorded);
        }

        await MovementTable.CheckRepeatsAsync(connection, fold, cancellationToken);
        await rows.SendAsync(connection, fold, batch.Epoch, cancellationToken);
        await SaveAsync(connection, fold, batch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>One round trip: locks the checkpoint, and reads the rows that the batch may change.</summary>
    private static async Task<(long NextOffset, Dictionary<string, StockRow> Before)> LoadAsync(
        NpgsqlConnection connection, EventBatch batch, CancellationToken cancellationToken)
    {
        await using var load = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                CheckpointTable.Lock(batch.Source),
                StockTable.SelectBefore(batch.Events.Select(recorded => recorded.AggregateId).Distinct()),
            },
        };
        await using var reader = await load.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(1) != batch.Fence)
            throw new FencedException(batch.Source, batch.Fence);
        var next = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        return (next, await StockTable.ReadAsync(reader, cancellationToken));
    }

    /// <summary>One round trip: rows of current stock, and the checkpoint in the rows' own transaction.</summary>
    private static async Task SaveAsync(NpgsqlConnection connection, StockFold fold, EventBatch batch, CancellationToken cancellationToken)
    {
        await using var save = new NpgsqlBatch(connection);
        if (fold.Changed.Count > 0)
            save.BatchCommands.Add(StockTable.Upsert(fold.Changed, batch));
        var advance = CheckpointTable.Advance(batch);
        save.BatchCommands.Add(advance);
        await save.ExecuteNonQueryAsync(cancellationToken);
        // After a crash, data and position cannot disagree; a zombie's fence is old, and it fails here.
        if (advance.RecordsAffected == 0)
            throw new FencedException(batch.Source, batch.Fence);
    }
}
