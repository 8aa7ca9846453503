using Npgsql;

namespace Streaming.Sinks.Sql.Database;

/// <summary>A table that code declares, and how the database has it.</summary>
internal static class DeclaredTable
{
    private const string NotNull = " NOT NULL";

    /// <summary>Makes it when it is missing; otherwise every declared column must be there, with its type.</summary>
    /// <exception cref="SchemaMismatchException">One is not.</exception>
    public static async Task EnsureAsync(
        NpgsqlConnection connection, string schema, string table, string create, IReadOnlyList<(string Name, string Type)> columns, CancellationToken cancellationToken)
    {
        var found = await ColumnsAsync(connection, schema, table, cancellationToken);
        if (found.Count == 0)
        {
            await using var command = new NpgsqlCommand(create, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return;
        }

        foreach (var (name, declared) in columns)
        {
            var type = declared.Replace(NotNull, "", StringComparison.Ordinal);
            if (!found.TryGetValue(name, out var there) || there != type)
            {
                throw new SchemaMismatchException($"{schema}.{table} has {(there is null ? "no column " + name : $"{name} as {there}")}, this build declares {name} {type}. "
                    + "What events meant before is not in such a column: derive everything again in a schema of its own (Database:Generation), or add it by a migration.");
            }
        }
    }

    private static async Task<Dictionary<string, string>> ColumnsAsync(
        NpgsqlConnection connection, string schema, string table, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand("""
            SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
            """, connection)
        {
            Parameters = { new() { Value = $"{schema}.{table}" } },
        };
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var columns = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken))
            columns.Add(reader.GetString(0), reader.GetString(1));
        return columns;
    }
}
