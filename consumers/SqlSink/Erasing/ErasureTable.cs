using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;

namespace Streaming.SqlSink.Erasing;

/// <summary>The table <c>erasures</c>, and the removal of what it names from all others.</summary>
internal static class ErasureTable
{
    /// <summary>Removes products with their history and audit rows, and notes why they are gone.</summary>
    public static async Task ApplyAsync(
        NpgsqlConnection connection, SourcePartition source, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
    {
        // PostgreSQL's text cannot hold U+0000, so nothing was derived of such a product; and in a reason it says nothing.
        erasures = [.. erasures.Where(erasure => !erasure.AggregateId.Contains('\0', StringComparison.Ordinal))];
        var ids = erasures.Select(erasure => erasure.AggregateId).ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = 0,    // As long as the histories are.
            BatchCommands =
            {
                Note(source, erasures, ids),
                // By the movements' own positions, which the audit log is found by; so it goes first.
                Delete("""
                    DELETE FROM audit_log a USING stock_movements m
                    WHERE m.sku = ANY($1) AND a.topic = m.topic AND a.partition = m.partition AND a.record_offset = m.record_offset
                    """, ids),
                Delete("DELETE FROM stock_movements WHERE sku = ANY($1)", ids),
                Delete("DELETE FROM stock WHERE sku = ANY($1)", ids),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Note(SourcePartition source, IReadOnlyList<Erasure> erasures, string[] ids) => new("""
        INSERT INTO erasures (aggregate_id, last_sequence, reason, erased_at, topic, partition)
        SELECT n.*, $5, $6 FROM unnest($1, $2, $3, $4) AS n
        ON CONFLICT (aggregate_id) DO NOTHING
        """)
    {
        Parameters =
        {
            Column(ids, NpgsqlDbType.Text),
            Column(erasures.Select(erasure => erasure.LastSequence).ToArray(), NpgsqlDbType.Bigint),
            Column(erasures.Select(erasure => erasure.Reason.Replace('\0', ' ')).ToArray(), NpgsqlDbType.Text),
            Column(erasures.Select(erasure => erasure.ErasedAt.UtcDateTime).ToArray(), NpgsqlDbType.TimestampTz),
            new NpgsqlParameter { Value = source.Topic },
            new NpgsqlParameter { Value = source.Partition },
        },
    };

    private static NpgsqlBatchCommand Delete(string sql, string[] ids) => new(sql) { Parameters = { Column(ids, NpgsqlDbType.Text) } };

    private static NpgsqlParameter Column<T>(T[] values, NpgsqlDbType type) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
