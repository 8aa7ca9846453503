using System.Data;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Contracts.Control;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Generations;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>The generations of a sink's tables, side by side: write one, prove it, show it to readers, drop one.</summary>
public sealed class SqlGenerations : ISinkGenerations
{
    private readonly SqlSinkDefinition _definition;
    private readonly NpgsqlDataSource _database;
    private readonly DatabaseOptions _options;
    private readonly IOptions<TopicsOptions> _topics;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ReadingViews _views;

    public SqlGenerations(
        SqlSinkDefinition definition, NpgsqlDataSource database, IOptions<DatabaseOptions> options, IOptions<TopicsOptions> topics, TimeProvider time, ILoggerFactory loggers)
    {
        (_definition, _database, _options, _topics, _time, _loggers) = (definition, database, options.Value, topics, time, loggers);
        _views = new(database, _options.ReadSchema, time);
    }

    public async Task<int?> CurrentAsync(CancellationToken cancellationToken) => (await _views.CurrentAsync(cancellationToken))?.Number;

    public async Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken)
    {
        await using var select = _database.CreateCommand("""
            SELECT n.nspname::text FROM pg_namespace n
            WHERE (n.nspname = $1 OR n.nspname ~ ('^' || $1 || '_g[1-9][0-9]{0,3}$')) AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'sink_migrations')
            """);
        select.Parameters.Add(new() { Value = _options.Schema });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var schema = reader.GetString(0);
            found.Add(schema == _options.Schema ? 1 : int.Parse(schema.AsSpan(_options.Schema.Length + 2), CultureInfo.InvariantCulture));
        }

        return [.. found.Order()];
    }

    public ISink Open(int number) => new PostgresSink(
        _definition, _database, Options.Create(_options.Of(number)), _topics, _time, _loggers.CreateLogger<PostgresSink>());

    public async Task SwapAsync(int number, CancellationToken cancellationToken)
    {
        await InsistAsync(number, cancellationToken);
        await _views.SwapAsync(Of(number), cancellationToken);
    }

    public async Task DropAsync(int number, CancellationToken cancellationToken)
    {
        if (await CurrentAsync(cancellationToken) == number)
            throw new InvalidOperationException($"Generation {number} is what readers see. Show them another one first.");
        await using var drop = _database.CreateCommand($"DROP SCHEMA IF EXISTS {Of(number).Schema} CASCADE");
        drop.CommandTimeout = 0;
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Both are read in one snapshot, so that neither has to stand still.</remarks>
    public async Task<GenerationComparison> CompareAsync(int left, int right, int examplesMax, CancellationToken cancellationToken)
    {
        await InsistAsync(left, cancellationToken);
        await InsistAsync(right, cancellationToken);
        var started = _time.GetTimestamp();
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var (ours, theirs) = (Of(left), Of(right));
        // Each side is summed up by a server process of its own, in the same snapshot.
        await using var beside = await _database.OpenConnectionAsync(cancellationToken);
        await using var sameSnapshot = await beside.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await ShareSnapshotAsync(connection, beside, cancellationToken);
        var bounds = await ComparedBounds.ReadAsync(connection, ours.Schema, theirs.Schema, cancellationToken);
        var proof = new TableProof(connection, beside, bounds, (left, ours.Schema), (right, theirs.Schema));
        var parts = new List<PartComparison>();
        foreach (var table in Tables())
            parts.Add(await proof.CompareAsync(table, examplesMax, cancellationToken));
        return new(left, right, _time.GetUtcNow(), Math.Round(_time.GetElapsedTime(started).TotalSeconds, 2), parts);
    }

    private static async Task ShareSnapshotAsync(NpgsqlConnection from, NpgsqlConnection to, CancellationToken cancellationToken)
    {
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", from);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancellationToken))!;
        await using var take = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", to);
        await take.ExecuteNonQueryAsync(cancellationToken);
    }

    private Generation Of(int number) => new(number, _options.SchemaOf(number));

    private async Task InsistAsync(int number, CancellationToken cancellationToken)
    {
        if (!(await ListAsync(cancellationToken)).Contains(number))
            throw new InvalidOperationException($"Generation {number} has no schema ({Of(number).Schema}): it is to be built first.");
    }

    private IEnumerable<ComparedTable> Tables()
    {
        foreach (var (table, key) in _definition.Contexts.SelectMany(context => context.Projections).SelectMany(projection => projection.Bind(_options.Schema).Tables))
            yield return ComparedTable.Of(table, key);
        if (_definition.IsAudited)
            yield return ComparedTable.Audit;
    }
}
