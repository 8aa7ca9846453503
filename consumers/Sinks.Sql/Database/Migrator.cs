using Microsoft.Extensions.Logging;
using Npgsql;

namespace Streaming.Sinks.Sql.Database;

/// <summary>Brings a schema up to this build: whatever is missing, in the caller's transaction, with the schema as its search path.</summary>
/// <param name="table">Notes which migrations were applied.</param>
/// <param name="migrations">All of this build, by number.</param>
internal sealed class Migrator(NpgsqlConnection connection, string schema, string table, IReadOnlyList<Migration> migrations, ILogger logger)
{
    /// <exception cref="SchemaMismatchException">The database was made by a newer build, or a released migration was changed.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"""
            CREATE TABLE IF NOT EXISTS {schema}.{table} (
                number     integer PRIMARY KEY,
                name       text NOT NULL,
                checksum   text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now());
            """, cancellationToken);

        var applied = await AppliedAsync(cancellationToken);
        Check(applied);
        foreach (var migration in migrations.Where(migration => !applied.ContainsKey(migration.Number)))
            await ApplyAsync(migration, cancellationToken);
    }

    private async Task ApplyAsync(Migration migration, CancellationToken cancellationToken)
    {
        await ExecuteAsync(migration.Sql, cancellationToken);
        await using var note = new NpgsqlCommand($"INSERT INTO {schema}.{table} (number, name, checksum) VALUES ($1, $2, $3)", connection)
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
            var ours = migrations.FirstOrDefault(migration => migration.Number == number)
                ?? throw new SchemaMismatchException($"Schema {schema} has migration {number}, which this build doesn't know: a newer host made it. "
                    + "Start that build, or set Database:Schema to another schema.");
            if (ours.Checksum != checksum)
                throw new SchemaMismatchException($"Migration {number} ({ours.Name}) was changed after it was applied to schema {schema}. "
                    + "Put the released text back, and make the change in a migration of its own.");
        }
    }

    private async Task<Dictionary<int, string>> AppliedAsync(CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand($"SELECT number, checksum FROM {schema}.{table}", connection);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<int, string>();
        while (await rows.ReadAsync(cancellationToken))
            applied.Add(rows.GetInt32(0), rows.GetString(1));
        return applied;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>The schema is not one that this build can work with. The host must not start.</summary>
internal sealed class SchemaMismatchException(string message) : Exception(message);
