using Microsoft.Extensions.Logging;
using Npgsql;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>Makes the schema of a generation ready: migrations, the sink's own and those of all sinks, then the declared tables.</summary>
/// <remarks>In one transaction, under a lock that a second host waits for.</remarks>
internal sealed class GenerationSchema(NpgsqlDataSource database, SqlSinkDefinition definition, ILogger logger)
{
    private static readonly IReadOnlyList<Migration> _foundation = Migration.Of(typeof(GenerationSchema).Assembly);

    /// <exception cref="SchemaMismatchException">The schema is not one that this build can work with.</exception>
    public async Task PrepareAsync(string schema, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"SELECT pg_advisory_xact_lock(hashtextextended('streaming.migrations.{schema}', 0))");
        await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}");
        await ExecuteAsync($"SET LOCAL search_path TO {schema}");

        if (definition.Migrations is { } migrations)
            await new Migrator(connection, schema, "migrations", Migration.Of(migrations), logger).MigrateAsync(cancellationToken);
        await new Migrator(connection, schema, "sink_migrations", _foundation, logger).MigrateAsync(cancellationToken);
        foreach (var projection in definition.Contexts.SelectMany(context => context.Projections))
            await projection.Bind(schema).EnsureAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
