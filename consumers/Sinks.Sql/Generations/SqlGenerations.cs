using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>The generations of a sink's tables, side by side: prepare one, prove it, show it to readers, drop one.</summary>
public sealed class SqlGenerations
{
    private readonly SqlSinkDefinition _definition;
    private readonly NpgsqlDataSource _database;
    private readonly DatabaseOptions _options;
    private readonly ILogger _logger;
    private readonly ReadingViews _views;

    public SqlGenerations(SqlSinkDefinition definition, NpgsqlDataSource database, IOptions<DatabaseOptions> options, TimeProvider time, ILogger<SqlGenerations> logger)
    {
        (_definition, _database, _options, _logger) = (definition, database, options.Value, logger);
        _views = new(database, _options.ReadSchema, time);
    }

    /// <summary>Where a generation's tables lie, whether they are there or not.</summary>
    public Generation Of(int number) => new(number, _options.SchemaOf(number));

    /// <summary>What readers see; null before the first host has started.</summary>
    public Task<Generation?> CurrentAsync(CancellationToken cancellationToken) => _views.CurrentAsync(cancellationToken);

    /// <summary>Those that have a schema, by number.</summary>
    public async Task<IReadOnlyList<Generation>> ListAsync(CancellationToken cancellationToken)
    {
        await using var select = _database.CreateCommand("""
            SELECT n.nspname::text FROM pg_namespace n
            WHERE (n.nspname = $1 OR n.nspname ~ ('^' || $1 || '_g[1-9][0-9]{0,3}$')) AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'sink_migrations')
            """);
        select.Parameters.Add(new() { Value = _options.Schema });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<Generation>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var schema = reader.GetString(0);
            var number = schema == _options.Schema ? 1 : int.Parse(schema.AsSpan(_options.Schema.Length + 2), System.Globalization.CultureInfo.InvariantCulture);
            found.Add(new(number, schema));
        }

        return [.. found.OrderBy(generation => generation.Number)];
    }

    /// <summary>Makes its schema with all tables, empty; one that is there is brought up to this build. Readers see nothing of it.</summary>
    public async Task<Generation> PrepareAsync(int number, CancellationToken cancellationToken)
    {
        var generation = Of(number);
        await new GenerationSchema(_database, _definition, _logger).PrepareAsync(generation.Schema, cancellationToken);
        return generation;
    }

    /// <summary>Shows it to readers, all tables at once.</summary>
    /// <exception cref="InvalidOperationException">It was not prepared.</exception>
    public async Task SwapAsync(int number, CancellationToken cancellationToken)
    {
        if (!(await ListAsync(cancellationToken)).Contains(Of(number)))
            throw new InvalidOperationException($"Generation {number} has no schema ({Of(number).Schema}): prepare and fill it first.");
        await _views.SwapAsync(Of(number), cancellationToken);
    }

    /// <summary>Removes it with everything in it. One that is not there is removed already.</summary>
    /// <exception cref="InvalidOperationException">Readers see it.</exception>
    public async Task DropAsync(int number, CancellationToken cancellationToken)
    {
        if (await CurrentAsync(cancellationToken) == Of(number))
            throw new InvalidOperationException($"Generation {number} is what readers see. Show them another one first.");
        await using var drop = _database.CreateCommand($"DROP SCHEMA IF EXISTS {Of(number).Schema} CASCADE");
        drop.CommandTimeout = 0;
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Compares two generations table by table.</summary>
    /// <returns>One entry per table; none of them differs when both were derived by the same code from the same events.</returns>
    public async Task<IReadOnlyList<TableComparison>> CompareAsync(int left, int right, CancellationToken cancellationToken)
    {
        var proof = new TableProof(_database);
        var compared = new List<TableComparison>();
        foreach (var (table, key) in Tables())
            compared.Add(await proof.CompareAsync(Of(left).Schema, Of(right).Schema, table, key, cancellationToken));
        return compared;
    }

    private IEnumerable<(string Table, string Key)> Tables()
    {
        foreach (var projection in _definition.Contexts.SelectMany(context => context.Projections))
        {
            foreach (var table in projection.Bind(_options.Schema).Tables)
                yield return table;
        }

        if (_definition.IsAudited)
            yield return ("audit_log", "topic, partition, record_offset");
    }
}
