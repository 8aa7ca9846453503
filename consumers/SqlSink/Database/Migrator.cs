using Npgsql;

namespace Streaming.SqlSink.Database;

/// <summary>Brings the schema up to this build: whatever is missing, in one transaction, under a lock that a second host waits for.</summary>
internal sealed class Migrator(NpgsqlDataSource source, string schema, ILogger logger)
{
    /// <exception cref="SchemaMismatchException">The database was made by a newer build, or a released migration was changed.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('streaming.migrations.{schema}', 0))", cancellationToken);
        await ExecuteAsync(connection, $"""
            CREATE SCHEMA IF NOT EXISTS {schema};
            SET LOCAL search_path TO {schema};
            CREATE TABLE IF NOT EXISTS migrations (
                number     integer PRIMARY KEY,
                name       text NOT NULL,
                checksum   text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now());
            """, cancellationToken);

        var applied = await AppliedAsync(connection, cancellationToken);
        Check(applied);
        foreach (var migration in Migration.All.Where(migration => !applied.ContainsKey(migration.Number)))
            await ApplyAsync(connection, migration, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using var note = new NpgsqlCommand("INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Checksum } },
        };
        await note.ExecuteNonQueryAsync(cancellationToken);
        logger.Migrated(schema, migration.Number, migration.Name);
    }

    private void Check(Dictionary<int, string> applied)
    {
        foreach (var (number, checksum) in applied)
        {
            var ours = Migration.All.FirstOrDefault(migration => migration.Number == number)
                ?? throw new SchemaMismatchException($"Schema {schema} has migration {number}, which this build doesn't know: a newer host made it. "
                    + "Start that build, or set Database:Schema to another schema.");
            if (ours.Checksum != checksum)
                throw new SchemaMismatchException($"Migration {number} ({ours.Name}) was changed after it was applied to schema {schema}. "
                    + "Put the released text back, and make the change in a migration of its own.");
        }
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand("SELECT number, checksum FROM migrations", connection);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<int, string>();
        while (await rows.ReadAsync(cancellationToken))
            applied.Add(rows.GetInt32(0), rows.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>The schema is not one that this build can work with. The host must not start.</summary>
internal sealed class SchemaMismatchException(string message) : Exception(message);
