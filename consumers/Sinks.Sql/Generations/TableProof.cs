using Npgsql;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>Compares what two generations hold in a table, whatever order it lies in, in the snapshot that two connections share.</summary>
/// <remarks>
/// A checksum is the sum of the rows' 64-bit hashes (of the columns that both have, but the epoch; <see cref="RowHash"/>): a row too many, too few or other than
/// the other's changes it, and the order does not. A row counts where it comes from an event that both have come to; and where a later event may have replaced
/// it on one side, on neither.
/// </remarks>
internal sealed class TableProof(NpgsqlConnection connection, NpgsqlConnection beside, ComparedBounds bounds, (int Number, string Schema) left, (int Number, string Schema) right)
{
    private const string Bounds = "unnest($1, $2, $3) AS b(topic, partition, below)";

    public async Task<PartComparison> CompareAsync(ComparedTable table, int examplesMax, CancellationToken cancellationToken)
    {
        var columns = await ComparedColumns.ReadAsync(connection, table.Name, left, right, cancellationToken);
        if (columns.Both.Count == 0)
            return new(table.Name, 0, 0, 0, columns.Differing, [], new Dictionary<DifferenceKind, long>(), []);

        var sums = await Task.WhenAll(
            ChecksumsAsync(connection, table, columns, left.Schema, right.Schema, cancellationToken),
            ChecksumsAsync(beside, table, columns, right.Schema, left.Schema, cancellationToken));
        var (ours, theirs) = (sums[0], sums[1]);
        var partitions = ours.Checksums.Keys.Union(theirs.Checksums.Keys).Order().Select(place => new PartitionChecksums(
            place.Topic, place.Partition, place.Below, ours.Checksums.GetValueOrDefault(place), theirs.Checksums.GetValueOrDefault(place))).ToList();
        var differing = partitions.Where(partition => !partition.IsEqual).ToList();
        var (counts, examples) = differing.Count == 0
            ? (new Dictionary<DifferenceKind, long>(), [])
            : await new TableDifferences(connection, bounds, left.Schema, right.Schema).FindAsync(
                table, columns, Compared(table, left.Schema, right.Schema), Compared(table, right.Schema, left.Schema), differing, examplesMax, cancellationToken);
        return new(table.Name, ours.RowCount, theirs.RowCount, ours.MovedCount + theirs.MovedCount, columns.Differing, partitions, counts, examples);
    }

    private async Task<(Dictionary<(string Topic, int Partition, long Below), string> Checksums, long RowCount, long MovedCount)> ChecksumsAsync(
        NpgsqlConnection reading, ComparedTable table, ComparedColumns columns, string schema, string other, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand($"""
            SELECT topic, partition, min(compared_below), count(*) FILTER (WHERE is_compared), sum({columns.Hash}) FILTER (WHERE is_compared), count(*) FILTER (WHERE NOT is_compared)
            FROM (SELECT r.*, b.below AS compared_below, {Compared(table, schema, other)} AS is_compared FROM {schema}.{table.Name} r JOIN {Bounds} USING (topic, partition)) r
            GROUP BY topic, partition
            """, reading) { CommandTimeout = 0 };
        bounds.AddTo(select.Parameters);
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var (checksums, rowCount, movedCount) = (new Dictionary<(string, int, long), string>(), 0L, 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(4))
                checksums.Add((reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2)), reader.GetDecimal(4).ToString(System.Globalization.CultureInfo.InvariantCulture));
            rowCount += reader.GetInt64(3);
            movedCount += reader.GetInt64(5);
        }

        return (checksums, rowCount, movedCount);
    }

    /// <summary>Whether a row r, with its partition's bound b, is compared: where both stand alike, all are.</summary>
    private string Compared(ComparedTable table, string schema, string other)
    {
        var conditions = new List<string> { "r.record_offset < b.below" };
        if (bounds.ErasedByOne.Length > 0)
            conditions.Add($"r.{table.Aggregate} <> ALL ($4)");
        if (bounds.Differ && table.IsCurrent && schema != other)
        {
            conditions.Add($"NOT EXISTS (SELECT FROM {other}.{table.Name} o WHERE o.{table.Aggregate} = r.{table.Aggregate} AND o.record_offset >= b.below)");
            conditions.Add($"NOT EXISTS (SELECT FROM {other}.absent_rows o WHERE o.table_name = '{table.Name}' AND o.key = r.{table.Aggregate} AND o.record_offset >= b.below)");
        }

        return string.Join(" AND ", conditions);
    }
}
