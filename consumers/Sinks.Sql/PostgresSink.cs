using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Erasing;
using Streaming.Sinks.Sql.Generations;
using Streaming.Sinks.Sql.Positions;
using Streaming.Sinks.Sql.Projecting;

namespace Streaming.Sinks.Sql;

/// <summary>Writes events into PostgreSQL: rows, their history, the audit log and the checkpoint in one transaction.</summary>
internal sealed class PostgresSink : ISink, IDisposable
{
    private readonly ConcurrentBag<BatchWriter> _writers = [];
    private readonly SqlSinkDefinition _definition;
    private readonly NpgsqlDataSource _database;
    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PostgresSink> _logger;
    private readonly string _schema;
    private readonly CheckpointTable _checkpoints;
    private readonly ResetTable _resets;
    private readonly ErasureTable _erasures;
    private readonly Dictionary<string, IReadOnlyList<BoundProjection>> _projections;

    public PostgresSink(
        SqlSinkDefinition definition, NpgsqlDataSource database, IOptions<DatabaseOptions> options, IOptions<TopicsOptions> topics, TimeProvider time,
        ILogger<PostgresSink> logger)
    {
        (_definition, _database, _options, _time, _logger) = (definition, database, options.Value, time, logger);
        _schema = options.Value.WrittenSchema;
        (_checkpoints, _resets, _erasures) = (new(_schema), new(_schema), new(_schema));
        _projections = definition.Contexts.ToDictionary(
            context => context.Topics.WithPrefix(topics.Value.Prefix).Events.Name,
            context => (IReadOnlyList<BoundProjection>)[.. context.Projections.Select(projection => projection.Bind(_schema))]);
    }

    public string Name => SinkNames.OfGeneration(_definition.Name, _options.Generation);

    /// <summary>The projections of every context, in the schema that is written.</summary>
    public IEnumerable<BoundProjection> Projections => _projections.Values.SelectMany(projections => projections);

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await new GenerationSchema(_database, _definition, _logger).PrepareAsync(_schema, cancellationToken);
        await new ReadingViews(_database, _options.ReadSchema, _time).OfferAsync(new Generation(_options.Generation, _schema), cancellationToken);
    }

    public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return await _checkpoints.TakeAsync(connection, source, initial, cancellationToken);
    }

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (!_writers.TryTake(out var writer))
            writer = new BatchWriter(_schema, _checkpoints, _projections, _definition.IsAudited);
        try
        {
            await WriteAsync(writer, batch, assumesNew: true, cancellationToken);
        }
        catch (Exception cause) when (writer.HasAssumed && cause is PoisonEventException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            await WriteAsync(writer, batch, assumesNew: false, cancellationToken);
        }
        finally
        {
            _writers.Add(writer);
        }
    }

    public async Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await CheckFenceAsync(connection, source, fence, cancellationToken);
        await _erasures.ApplyAsync(connection, source, erasures, _projections[source.Topic], _definition.IsAudited, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await CheckFenceAsync(connection, source, fence, cancellationToken);
    }

    public async Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await _checkpoints.RecordGroupAsync(connection, source, fence, offsets, cancellationToken);
    }

    public async Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var checkpoint = await _checkpoints.ResetAsync(connection, reset, DerivedFrom(reset), cancellationToken)
            ?? throw new FencedException(reset.Source, reset.Fence);
        if (!reset.IsForward)
            await RewindAsync(connection, reset.Source, checkpoint, cancellationToken);
        await _resets.AddAsync(connection, reset, checkpoint.Epoch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return checkpoint;
    }

    /// <summary>In one transaction, under the checkpoint's lock: the aggregates go as an erasure takes them, and are folded anew.</summary>
    public async Task RederiveAsync(EventBatch aggregates, CancellationToken cancellationToken)
    {
        if (!_writers.TryTake(out var writer))
            writer = new BatchWriter(_schema, _checkpoints, _projections, _definition.IsAudited);
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await CheckFenceAsync(connection, aggregates.Source, aggregates.Fence, cancellationToken);
            string[] ids = [.. aggregates.Events.Select(recorded => recorded.AggregateId).Distinct()];
            await _erasures.RemoveAsync(connection, aggregates.Source, ids, _projections[aggregates.Source.Topic], _definition.IsAudited, cancellationToken);
            await writer.WriteAsync(connection, aggregates, assumesNew: false, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            _writers.Add(writer);
        }
    }

    public IRehearsal Rehearse(SourcePartition source) => new SqlRehearsal(_projections[source.Topic], _definition.IsAudited);

    public void Dispose()
    {
        while (_writers.TryTake(out var writer))
            writer.Dispose();
    }

    public bool IsTransient(Exception failure) => DatabaseFailures.MayPass(failure);

    /// <summary>Locks the checkpoint for the transaction: a zombie waits here, and then finds its fence old.</summary>
    private async Task CheckFenceAsync(NpgsqlConnection connection, SourcePartition source, long fence, CancellationToken cancellationToken)
    {
        await using var locking = new NpgsqlBatch(connection) { BatchCommands = { _checkpoints.Lock(source) } };
        await using var reader = await locking.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(1) != fence)
            throw new FencedException(source, fence);
    }

    private async Task WriteAsync(BatchWriter writer, EventBatch batch, bool assumesNew, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await writer.WriteAsync(connection, batch, assumesNew, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Where it begins again: a table without history has no way back but the whole way.</summary>
    private long DerivedFrom(Reset reset) =>
        reset.IsForward || _projections[reset.Source.Topic].All(projection => projection.HasHistory) ? reset.ToOffset : 0;

    private async Task RewindAsync(NpgsqlConnection connection, SourcePartition source, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var rewinding = new Rewinding(source, checkpoint.NextOffset, checkpoint.Epoch, _definition.IsAudited);
        foreach (var projection in _projections[source.Topic])
            await projection.RewindAsync(connection, rewinding, cancellationToken);
        // Last, because it says which aggregates the others have to go back with.
        await using var audit = new NpgsqlCommand($"DELETE FROM {_schema}.audit_log WHERE topic = $1 AND partition = $2 AND record_offset >= $3", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = source.Topic }, new() { Value = source.Partition }, new() { Value = checkpoint.NextOffset } },
        };
        await audit.ExecuteNonQueryAsync(cancellationToken);
    }
}
