using Npgsql;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Sql.Positions;

/// <summary>The table <c>checkpoints</c>. Every change names the fence it is made under.</summary>
/// <param name="schema">Where it lies.</param>
internal sealed class CheckpointTable(string schema)
{
    private const string Columns = "cluster_id, topic_id, next_offset, epoch, fence, group_confirmed, group_intended, skipped_before, live_from, replay_until";

    /// <summary>Raises the fence and returns the checkpoint; makes one where there is none; leaves one of another cluster or topic id alone.</summary>
    public async Task<Checkpoint> TakeAsync(
        NpgsqlConnection connection, SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        await using var take = new NpgsqlCommand($"""
            INSERT INTO {schema}.checkpoints AS c (topic, partition, cluster_id, topic_id, next_offset, live_from, group_confirmed, group_intended)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            ON CONFLICT (topic, partition) DO UPDATE SET
                fence = c.fence + (c.cluster_id = excluded.cluster_id AND c.topic_id = excluded.topic_id)::int, changed_at = now()
            RETURNING {Columns}
            """, connection)
        {
            Parameters =
            {
                new() { Value = source.Topic }, new() { Value = source.Partition }, new() { Value = source.ClusterId },
                new() { Value = source.TopicId }, new() { Value = initial.LogStart }, new() { Value = initial.LogEnd }, Nullable(initial.GroupCommitted),
            },
        };
        return await ReadAsync(take, cancellationToken) ?? throw new InvalidOperationException($"No checkpoint came back for {source}.");
    }

    /// <summary>Locks the checkpoint for the transaction: a zombie waits here, and then finds its fence old.</summary>
    public NpgsqlBatchCommand Lock(SourcePartition source) => new(
        $"SELECT next_offset, fence FROM {schema}.checkpoints WHERE topic = $1 AND partition = $2 FOR UPDATE")
    {
        Parameters = { new() { Value = source.Topic }, new() { Value = source.Partition } },
    };

    /// <summary>Moves the checkpoint behind the batch. No row is changed when the fence is another's.</summary>
    public NpgsqlBatchCommand Advance(EventBatch batch) => new($"""
        UPDATE {schema}.checkpoints SET next_offset = $3, group_confirmed = $4, group_intended = $5, changed_at = now()
        WHERE topic = $1 AND partition = $2 AND fence = $6
        """)
    {
        Parameters =
        {
            new() { Value = batch.Source.Topic }, new() { Value = batch.Source.Partition }, new() { Value = batch.NextOffset },
            Nullable(batch.Group.Confirmed), Nullable(batch.Group.Intended), new() { Value = batch.Fence },
        },
    };

    public async Task RecordGroupAsync(
        NpgsqlConnection connection, SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
    {
        await using var record = new NpgsqlCommand($"""
            UPDATE {schema}.checkpoints SET group_confirmed = $3, group_intended = $4, changed_at = now()
            WHERE topic = $1 AND partition = $2 AND fence = $5
            """, connection)
        {
            Parameters =
            {
                new() { Value = source.Topic }, new() { Value = source.Partition }, Nullable(offsets.Confirmed), Nullable(offsets.Intended),
                new() { Value = fence },
            },
        };
        if (await record.ExecuteNonQueryAsync(cancellationToken) == 0)
            throw new FencedException(source, fence);
    }

    /// <summary>Moves the checkpoint for a reset, in a new epoch; null when the fence is another's.</summary>
    /// <param name="fromOffset">Where it begins again: where the reset leads, or before.</param>
    public async Task<Checkpoint?> ResetAsync(NpgsqlConnection connection, Reset reset, long fromOffset, CancellationToken cancellationToken)
    {
        await using var move = new NpgsqlCommand($"""
            UPDATE {schema}.checkpoints SET next_offset = $8, epoch = epoch + 1, group_confirmed = $6, group_intended = $7, changed_at = now(),
                skipped_before = CASE WHEN $4 THEN $3 ELSE least(skipped_before, $8) END,
                replay_until = CASE WHEN $4 THEN replay_until ELSE greatest(replay_until, next_offset) END
            WHERE topic = $1 AND partition = $2 AND fence = $5
            RETURNING {Columns}
            """, connection)
        {
            Parameters =
            {
                new() { Value = reset.Source.Topic }, new() { Value = reset.Source.Partition }, new() { Value = reset.ToOffset },
                new() { Value = reset.IsForward }, new() { Value = reset.Fence }, Nullable(reset.Group.Confirmed), Nullable(reset.Group.Intended),
                new() { Value = fromOffset },
            },
        };
        return await ReadAsync(move, cancellationToken);
    }

    private static async Task<Checkpoint?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var group = new GroupOffsets(OffsetOrNull(reader, 5), OffsetOrNull(reader, 6));
        return new Checkpoint(
            reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt64(4), group, reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9));
    }

    private static long? OffsetOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static NpgsqlParameter Nullable(long? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint };
}
