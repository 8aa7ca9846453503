using System.Text.Json;
using Npgsql;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>Finds the keys at which two generations of a table differ, in partitions whose checksums do.</summary>
internal sealed class TableDifferences(NpgsqlConnection connection, ComparedBounds bounds, string left, string right)
{
    private const int ShownCharactersMax = 2_000;
    private static readonly JsonSerializerOptions _readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="leftCounts">Whether a row r of the left with the bound b is compared.</param>
    public async Task<(Dictionary<DifferenceKind, long> Counts, List<EntryDifference> Examples)> FindAsync(
        ComparedTable table, ComparedColumns columns, string leftCounts, string rightCounts, IReadOnlyList<PartitionChecksums> differing, int examplesMax,
        CancellationToken cancellationToken)
    {
        var key = string.Join(", ", table.Key);
        string Side(string schema, string counts) => $"""
            SELECT {key}, count(*) AS count, sum({columns.Hash}) AS hash
            FROM (SELECT r.* FROM {schema}.{table.Name} r JOIN unnest($1, $2, $3) AS b(topic, partition, below) USING (topic, partition)
                  JOIN unnest($5, $6) AS d(topic, partition) USING (topic, partition) WHERE {counts}) r GROUP BY {key}
            """;
        string Sample(string schema) =>
            $"(SELECT to_json(s)::text FROM (SELECT {string.Join(", ", columns.Both)} FROM {schema}.{table.Name} t WHERE {string.Join(" AND ", table.Key.Select(column => $"t.{column} = f.{column}"))} LIMIT 1) s)";
        var kind = $"CASE WHEN r.count IS NULL THEN {(int)DifferenceKind.Missing} WHEN l.count IS NULL THEN {(int)DifferenceKind.Added} "
            + $"WHEN l.count <> r.count THEN {(int)DifferenceKind.Doubled} ELSE {(int)DifferenceKind.Changed} END";
        await using var select = new NpgsqlCommand($"""
            WITH d AS MATERIALIZED (
                SELECT {key}, {kind} AS kind FROM ({Side(left, leftCounts)}) l FULL JOIN ({Side(right, rightCounts)}) r USING ({key})
                WHERE (l.count, l.hash) IS DISTINCT FROM (r.count, r.hash)),
            f AS MATERIALIZED (SELECT * FROM d ORDER BY {key} LIMIT $7)
            SELECT NULL::text, kind, count(*), NULL::text, NULL::text FROM d GROUP BY kind
            UNION ALL SELECT concat_ws('@', {key}), kind, 0, {Sample(left)}, {Sample(right)} FROM f
            """, connection) { CommandTimeout = 0 };
        bounds.AddTo(select.Parameters);
        select.Parameters.Add(new() { Value = differing.Select(partition => partition.Topic).ToArray() });
        select.Parameters.Add(new() { Value = differing.Select(partition => partition.Partition).ToArray() });
        select.Parameters.Add(new() { Value = examplesMax });

        var (counts, examples) = (new Dictionary<DifferenceKind, long>(), new List<EntryDifference>());
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var found = (DifferenceKind)reader.GetInt32(1);
            if (reader.IsDBNull(0))
                counts.Add(found, reader.GetInt64(2));
            else
                examples.Add(Example(reader.GetString(0), found, reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4)));
        }

        return (counts, examples);
    }

    /// <summary>Of a changed row only what differs; of another all of it.</summary>
    private static EntryDifference Example(string key, DifferenceKind kind, string? before, string? after)
    {
        var (ours, theirs) = (Fields(before), Fields(after));
        if (kind == DifferenceKind.Missing)
            return new(key, kind, Text(ours), null);
        if (kind == DifferenceKind.Added)
            return new(key, kind, null, Text(theirs));
        if (kind == DifferenceKind.Changed)
        {
            var differing = ours.Keys.Where(name => ours[name] != theirs.GetValueOrDefault(name)).ToHashSet();
            return new(key, kind, Text(ours.Where(field => differing.Contains(field.Key))), Text(theirs.Where(field => differing.Contains(field.Key))));
        }

        return new(key, kind, Text(ours), Text(theirs));
    }

    private static Dictionary<string, string> Fields(string? json) => json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!
        .ToDictionary(field => field.Key, field => JsonSerializer.Serialize(field.Value, _readable));

    private static string Text(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var text = string.Join(", ", fields.Select(field => $"{field.Key}={field.Value}"));
        return text.Length <= ShownCharactersMax ? text : text[..ShownCharactersMax] + "…";
    }
}
