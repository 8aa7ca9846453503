using Npgsql;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>Compares what two schemas hold in a table, whatever order it lies in.</summary>
/// <remarks>
/// A checksum is the sum of the rows' 64-bit hashes (of the text of the columns that both have, but the epoch, which only says how often
/// something was derived): a row too many, too few or other than the other's changes it, and the order does not.
/// </remarks>
internal sealed class TableProof(NpgsqlDataSource database)
{
    private const string NotCompared = "'epoch'";

    /// <summary>Checksums of one table, by topic and partition.</summary>
    /// <param name="columns">Those that count, with their quotes; of <see cref="ColumnsAsync"/>.</param>
    public async Task<IReadOnlyDictionary<(string Topic, int Partition), TableChecksum>> ChecksumsAsync(
        string schema, string table, string columns, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand(
            $"SELECT topic, partition, count(*), sum(hashtextextended(ROW({columns})::text, 0)) FROM {schema}.{table} GROUP BY topic, partition");
        select.CommandTimeout = 0;
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var checksums = new Dictionary<(string, int), TableChecksum>();
        while (await reader.ReadAsync(cancellationToken))
            checksums.Add((reader.GetString(0), reader.GetInt32(1)), new(reader.GetInt64(2), reader.GetDecimal(3)));
        return checksums;
    }

    /// <param name="key">Columns that tell rows apart, such as <c>sku, sequence</c>.</param>
    public async Task<TableComparison> CompareAsync(string left, string right, string table, string key, CancellationToken cancellationToken)
    {
        var (columns, others) = await ColumnsAsync(left, right, table, cancellationToken);
        var ours = await ChecksumsAsync(left, table, columns, cancellationToken);
        var theirs = await ChecksumsAsync(right, table, columns, cancellationToken);
        var differing = ours.Keys.Union(theirs.Keys).Order()
            .Where(place => ours.GetValueOrDefault(place) != theirs.GetValueOrDefault(place)).ToList();
        var differences = new List<PartitionDifference>();
        foreach (var place in differing)
        {
            var first = await FirstAsync(left, right, table, key, columns, place, cancellationToken);
            differences.Add(new(place.Topic, place.Partition, ours.GetValueOrDefault(place), theirs.GetValueOrDefault(place), first));
        }

        return new(table, ours.Values.Sum(checksum => checksum.RowCount), theirs.Values.Sum(checksum => checksum.RowCount), others, differences);
    }

    /// <summary>The columns that both have and that are compared, and those that only one has.</summary>
    public async Task<(string Compared, IReadOnlyList<string> Others)> ColumnsAsync(string left, string right, string table, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand($"""
            SELECT quote_ident(attname), count(*) FROM pg_attribute
            WHERE attrelid IN (to_regclass($1), to_regclass($2)) AND attnum > 0 AND NOT attisdropped AND attname NOT IN ({NotCompared})
            GROUP BY attname ORDER BY attname
            """);
        select.Parameters.Add(new() { Value = $"{left}.{table}" });
        select.Parameters.Add(new() { Value = $"{right}.{table}" });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var (both, one) = (new List<string>(), new List<string>());
        while (await reader.ReadAsync(cancellationToken))
            (reader.GetInt64(1) == 2 || left == right ? both : one).Add(reader.GetString(0));
        if (both.Count == 0)
            throw new InvalidOperationException($"{left}.{table} and {right}.{table} have no column in common, or one of them is missing.");
        return (string.Join(", ", both), one);
    }

    private async Task<RowDifference> FirstAsync(
        string left, string right, string table, string key, string columns, (string Topic, int Partition) place, CancellationToken cancellationToken)
    {
        string Side(string schema) => $"""
            SELECT concat_ws('@', {key}) AS key, count(*) AS count, sum(hashtextextended(ROW({columns})::text, 0)) AS hash, min(ROW({columns})::text) AS sample
            FROM {schema}.{table} WHERE topic = $1 AND partition = $2 GROUP BY {key}
            """;
        await using var select = database.CreateCommand($"""
            SELECT coalesce(l.key, r.key), coalesce(l.count, 0), coalesce(r.count, 0), l.sample, r.sample
            FROM ({Side(left)}) l FULL JOIN ({Side(right)}) r ON l.key = r.key
            WHERE (l.count, l.hash) IS DISTINCT FROM (r.count, r.hash)
            ORDER BY coalesce(l.key, r.key) COLLATE "C" LIMIT 1
            """);
        select.CommandTimeout = 0;
        select.Parameters.Add(new() { Value = place.Topic });
        select.Parameters.Add(new() { Value = place.Partition });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        // Rows may have changed since their checksums were taken, when somebody still writes.
        if (!await reader.ReadAsync(cancellationToken))
            return new("", RowDifferenceKind.GoneMeanwhile, null, null);
        var (ours, theirs) = (reader.GetInt64(1), reader.GetInt64(2));
        return new(
            reader.GetString(0), KindOf(ours, theirs), reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4));
    }

    private static RowDifferenceKind KindOf(long ours, long theirs) => (ours, theirs) switch
    {
        (_, 0) => RowDifferenceKind.Missing,
        (0, _) => RowDifferenceKind.Added,
        _ when ours != theirs => RowDifferenceKind.Doubled,
        _ => RowDifferenceKind.Changed,
    };
}
