using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Projecting;

namespace Streaming.Sinks.Sql.Erasing;

/// <summary>The table <c>erasures</c>, and the removal of what it names from all others.</summary>
/// <param name="schema">Where it lies.</param>
internal sealed class ErasureTable(string schema)
{
    /// <summary>Removes aggregates with their history and audit rows, and notes why they are gone.</summary>
    public async Task ApplyAsync(
        NpgsqlConnection connection, SourcePartition source, IReadOnlyList<Erasure> erasures, IReadOnlyList<BoundProjection> projections, bool isAudited,
        CancellationToken cancellationToken)
    {
        // PostgreSQL's text cannot hold U+0000, so nothing was derived of such an aggregate; and in a reason it says nothing.
        erasures = [.. erasures.Where(erasure => !erasure.AggregateId.Contains('\0', StringComparison.Ordinal))];
        var ids = erasures.Select(erasure => erasure.AggregateId).ToArray();
        await using (var noting = new NpgsqlBatch(connection) { BatchCommands = { Note(source, erasures, ids) } })
            await noting.ExecuteNonQueryAsync(cancellationToken);
        await RemoveAsync(connection, source, ids, projections, isAudited, cancellationToken);
    }

    /// <summary>Removes aggregates with their history and audit rows.</summary>
    public async Task RemoveAsync(
        NpgsqlConnection connection, SourcePartition source, string[] ids, IReadOnlyList<BoundProjection> projections, bool isAudited, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };    // As long as the histories are.
        // Found by the histories' positions, so it goes first; where none is kept, it is looked for.
        if (isAudited)
            batch.BatchCommands.Add(projections.Select(projection => projection.EraseAudit(ids)).FirstOrDefault(command => command is not null) ?? EraseAudit(source, ids));
        foreach (var command in projections.SelectMany(projection => projection.Erase(ids)))
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlBatchCommand Note(SourcePartition source, IReadOnlyList<Erasure> erasures, string[] ids) => new($"""
        INSERT INTO {schema}.erasures (aggregate_id, last_sequence, reason, erased_at, topic, partition)
        SELECT n.*, $5, $6 FROM unnest($1, $2, $3, $4) AS n
        ON CONFLICT (topic, aggregate_id) DO NOTHING
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

    private NpgsqlBatchCommand EraseAudit(SourcePartition source, string[] ids) => new(
        $"DELETE FROM {schema}.audit_log WHERE topic = $1 AND partition = $2 AND aggregate_id = ANY($3)")
    {
        Parameters = { new() { Value = source.Topic }, new() { Value = source.Partition }, SqlParameters.Texts(ids) },
    };

    private static NpgsqlParameter Column<T>(T[] values, NpgsqlDbType type) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
