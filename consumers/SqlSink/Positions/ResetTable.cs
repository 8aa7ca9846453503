using Npgsql;
using Streaming.Sinks.Positions;

namespace Streaming.SqlSink.Positions;

/// <summary>The table <c>resets</c>: each time somebody moved the sink's consumer group, and what came of it.</summary>
internal static class ResetTable
{
    /// <summary>The reset's id and what was answered to it; recorded when it is seen for the first time.</summary>
    public static async Task<(long Id, ResetAnswer Answer)> FindOrAddAsync(NpgsqlConnection connection, Reset reset, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            WITH found AS (
                SELECT id, answer FROM resets
                WHERE topic = $1 AND partition = $2 AND from_offset = $3 AND to_offset = $4 AND applied_at IS NULL
                ORDER BY id DESC LIMIT 1),
            added AS (
                INSERT INTO resets (topic, partition, from_offset, to_offset)
                SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM found)
                RETURNING id, answer)
            SELECT id, answer FROM found UNION ALL SELECT id, answer FROM added
            """, connection)
        {
            Parameters =
            {
                new() { Value = reset.Source.Topic }, new() { Value = reset.Source.Partition },
                new() { Value = reset.FromOffset }, new() { Value = reset.ToOffset },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? ResetAnswer.Waiting : reader.GetString(1) == "skip" ? ResetAnswer.Skip : ResetAnswer.Stay);
    }

    /// <param name="epoch">The epoch that begins with it; null when it came to nothing.</param>
    public static async Task CloseAsync(NpgsqlConnection connection, long id, int? epoch, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE resets SET epoch = $2, applied_at = now() WHERE id = $1", connection)
        {
            Parameters = { new() { Value = id }, new() { Value = (object?)epoch ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
