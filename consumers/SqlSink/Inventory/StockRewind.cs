using Npgsql;
using Streaming.Sinks.Positions;

namespace Streaming.SqlSink.Inventory;

/// <summary>Takes the tables back to how they stood before an offset of a partition, so that everything from there on can be derived again.</summary>
internal static class StockRewind
{
    public static async Task ApplyAsync(NpgsqlConnection connection, SourcePartition source, long fromOffset, int epoch, CancellationToken cancellationToken)
    {
        // Within a product, later sequences have later offsets: the first sequence that goes takes all behind it along.
        await ExecuteAsync("CREATE TEMPORARY TABLE rewound (sku text COLLATE \"C\" PRIMARY KEY, first_sequence bigint NOT NULL) ON COMMIT DROP", []);
        await ExecuteAsync("""
            INSERT INTO rewound SELECT aggregate_id, min(sequence) FROM audit_log
            WHERE topic = $1 AND partition = $2 AND record_offset >= $3 GROUP BY aggregate_id
            """, [source.Topic, source.Partition, fromOffset]);
        await ExecuteAsync("DELETE FROM audit_log WHERE topic = $1 AND partition = $2 AND record_offset >= $3", [source.Topic, source.Partition, fromOffset]);
        await ExecuteAsync("DELETE FROM stock_movements m USING rewound r WHERE m.sku = r.sku AND m.sequence >= r.first_sequence", []);
        await ExecuteAsync("""
            DELETE FROM stock s USING rewound r
            WHERE s.sku = r.sku AND NOT EXISTS (SELECT FROM stock_movements m WHERE m.sku = s.sku)
            """, []);
        await ExecuteAsync("""
            UPDATE stock s SET
                on_hand = last.on_hand, reserved = last.reserved, version = last.sequence, recorded_at = last.recorded_at,
                record_offset = last.record_offset, epoch = $1,
                last_incoming_at = (SELECT max(m.occurred_at) FROM stock_movements m WHERE m.sku = s.sku AND m.delta_on_hand > 0),
                last_outgoing_at = (SELECT max(m.occurred_at) FROM stock_movements m WHERE m.sku = s.sku AND m.delta_on_hand < 0)
            FROM rewound r, LATERAL (SELECT * FROM stock_movements m WHERE m.sku = r.sku ORDER BY m.sequence DESC LIMIT 1) last
            WHERE s.sku = r.sku
            """, [epoch]);

        async Task ExecuteAsync(string sql, object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };   // As long as the history is.
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
