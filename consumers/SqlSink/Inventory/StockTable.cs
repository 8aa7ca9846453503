using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Events;

namespace Streaming.SqlSink.Inventory;

/// <summary>The table <c>stock</c>: reads rows before a batch, writes them after it; one statement each.</summary>
internal static class StockTable
{
    public static NpgsqlBatchCommand SelectBefore(IEnumerable<string> skus) => new("""
        SELECT sku, name, on_hand, reserved, version, last_incoming_at, last_outgoing_at, recorded_at, record_offset
        FROM stock WHERE sku = ANY($1)
        """)
    {
        Parameters = { new() { Value = skus.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
    };

    public static async Task<Dictionary<string, StockRow>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, StockRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new StockRow(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4),
                TimeOrNull(reader, 5), TimeOrNull(reader, 6), reader.GetFieldValue<DateTimeOffset>(7), reader.GetInt64(8));
            rows.Add(row.Sku, row);
        }

        return rows;
    }

    /// <summary>Rows of a lower epoch, or of the same epoch and a lower version, are replaced; nothing else is.</summary>
    public static NpgsqlBatchCommand Upsert(IReadOnlyCollection<StockRow> rows, EventBatch batch) => new("""
        INSERT INTO stock AS s (sku, name, on_hand, reserved, version, last_incoming_at, last_outgoing_at, recorded_at, record_offset, epoch, topic, partition)
        SELECT n.*, $10, $11, $12
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS n
        ON CONFLICT (sku) DO UPDATE SET
            name = excluded.name, on_hand = excluded.on_hand, reserved = excluded.reserved, version = excluded.version,
            last_incoming_at = excluded.last_incoming_at, last_outgoing_at = excluded.last_outgoing_at,
            recorded_at = excluded.recorded_at, record_offset = excluded.record_offset,
            epoch = excluded.epoch, topic = excluded.topic, partition = excluded.partition
        WHERE (s.epoch, s.version) < (excluded.epoch, excluded.version)
        """)
    {
        Parameters =
        {
            Column(rows, row => row.Sku, NpgsqlDbType.Text),
            Column(rows, row => row.Name, NpgsqlDbType.Text),
            Column(rows, row => row.OnHand, NpgsqlDbType.Integer),
            Column(rows, row => row.Reserved, NpgsqlDbType.Integer),
            Column(rows, row => row.Version, NpgsqlDbType.Bigint),
            Column(rows, row => row.LastIncomingAt?.UtcDateTime, NpgsqlDbType.TimestampTz),
            Column(rows, row => row.LastOutgoingAt?.UtcDateTime, NpgsqlDbType.TimestampTz),
            Column(rows, row => row.RecordedAt.UtcDateTime, NpgsqlDbType.TimestampTz),
            Column(rows, row => row.Offset, NpgsqlDbType.Bigint),
            new NpgsqlParameter { Value = batch.Epoch },
            new NpgsqlParameter { Value = batch.Source.Topic },
            new NpgsqlParameter { Value = batch.Source.Partition },
        },
    };

    private static NpgsqlParameter Column<T>(IReadOnlyCollection<StockRow> rows, Func<StockRow, T> value, NpgsqlDbType type)
    {
        var values = new T[rows.Count];
        var i = 0;
        foreach (var row in rows)
            values[i++] = value(row);
        return new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }

    private static DateTimeOffset? TimeOrNull(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
