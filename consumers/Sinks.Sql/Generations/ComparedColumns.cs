using Npgsql;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>Which columns two generations of a table have in common, and in words, where they differ.</summary>
/// <param name="Both">Names of those that both have, quoted.</param>
/// <param name="Hash">An expression: the hash of a row's columns that both have.</param>
internal sealed record ComparedColumns(IReadOnlyList<string> Both, string Hash, IReadOnlyList<string> Differing)
{
    // It only says how often something was derived.
    private const string NotCompared = "epoch";

    public static async Task<ComparedColumns> ReadAsync(
        NpgsqlConnection connection, string table, (int Number, string Schema) left, (int Number, string Schema) right, CancellationToken cancellationToken)
    {
        var (ours, theirs) = (await TypesAsync(connection, left.Schema, table, cancellationToken), await TypesAsync(connection, right.Schema, table, cancellationToken));
        if (ours.Count == 0 || theirs.Count == 0)
            return new([], "", [ours.Count == theirs.Count ? "neither generation has the table" : $"only generation {(ours.Count == 0 ? right.Number : left.Number)} has the table"]);
        var differing = ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal).Where(name => ours.GetValueOrDefault(name) != theirs.GetValueOrDefault(name))
            .Select(name => (ours.GetValueOrDefault(name), theirs.GetValueOrDefault(name)) switch
            {
                (_, null) => $"{name}: only generation {left.Number} has it",
                (null, _) => $"{name}: only generation {right.Number} has it",
                var (before, after) => $"{name}: {before} in generation {left.Number}, {after} in generation {right.Number}",
            });
        List<string> both = [.. ours.Keys.Intersect(theirs.Keys).Order(StringComparer.Ordinal)];
        return new(both, RowHash.Of([.. both.Select(name => (name, ours[name] == theirs[name] ? ours[name] : null))]), [.. differing]);
    }

    private static async Task<Dictionary<string, string>> TypesAsync(NpgsqlConnection connection, string schema, string table, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand("""
            SELECT quote_ident(attname), format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attname <> $2
            """, connection) { Parameters = { new() { Value = $"{schema}.{table}" }, new() { Value = NotCompared } } };
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var types = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken))
            types.Add(reader.GetString(0), reader.GetString(1));
        return types;
    }
}
