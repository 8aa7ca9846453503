using Npgsql;
using NpgsqlTypes;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>How far two generations have both come in each partition, and what only one of them has erased.</summary>
internal sealed record ComparedBounds(string[] Topics, int[] Partitions, long[] Belows, bool Differ, string[] ErasedByOne)
{
    public static async Task<ComparedBounds> ReadAsync(NpgsqlConnection connection, string left, string right, CancellationToken cancellationToken)
    {
        var (topics, partitions, belows, differ) = (new List<string>(), new List<int>(), new List<long>(), false);
        await using (var select = new NpgsqlCommand($"""
            SELECT topic, partition, least(coalesce(l.next_offset, 0), coalesce(r.next_offset, 0)), l.next_offset IS DISTINCT FROM r.next_offset
            FROM (SELECT topic, partition FROM {left}.checkpoints UNION SELECT topic, partition FROM {right}.checkpoints) b
            LEFT JOIN {left}.checkpoints l USING (topic, partition) LEFT JOIN {right}.checkpoints r USING (topic, partition) ORDER BY topic, partition
            """, connection))
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                topics.Add(reader.GetString(0));
                partitions.Add(reader.GetInt32(1));
                belows.Add(reader.GetInt64(2));
                differ |= reader.GetBoolean(3);
            }
        }

        await using var erased = new NpgsqlCommand($"""
            SELECT array_agg(DISTINCT coalesce(l.aggregate_id, r.aggregate_id)) FROM {left}.erasures l FULL JOIN {right}.erasures r USING (topic, aggregate_id)
            WHERE l.topic IS NULL OR r.topic IS NULL
            """, connection);
        return new([.. topics], [.. partitions], [.. belows], differ, await erased.ExecuteScalarAsync(cancellationToken) as string[] ?? []);
    }

    /// <summary>$1 to $4 of every statement that compares.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(new() { Value = Topics, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new() { Value = Partitions, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        parameters.Add(new() { Value = Belows, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        parameters.Add(new() { Value = ErasedByOne, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
    }
}
