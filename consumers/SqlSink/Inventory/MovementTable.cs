using Npgsql;
using NpgsqlTypes;
using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;
using Streaming.SqlSink.Database;

namespace Streaming.SqlSink.Inventory;

/// <summary>The table <c>stock_movements</c>, which the view <c>stock_history</c> reads.</summary>
internal static class MovementTable
{
    public const string Copy = """
        COPY stock_movements (sku, sequence, event_type, delta_on_hand, delta_reserved, on_hand, reserved, occurred_at, recorded_at,
            reason, reference, order_id, topic, partition, record_offset, content_hash)
        FROM STDIN (FORMAT BINARY)
        """;

    private const short ColumnCount = 16;

    public static void Append(CopyBuffer rows, RecordedEvent recorded, InventoryEvent happened, StockMovement movement)
    {
        rows.Row(ColumnCount);
        rows.Text(recorded.AggregateId);
        rows.Int64(recorded.Sequence);
        rows.Text(recorded.WriterSchema.FullName);
        rows.Int32(movement.DeltaOnHand);
        rows.Int32(movement.DeltaReserved);
        rows.Int32(movement.OnHand);
        rows.Int32(movement.Reserved);
        rows.Timestamp(happened.OccurredAt);
        rows.Timestamp(recorded.RecordedAt);
        rows.Text(movement.Reason);
        rows.Text(movement.Reference);
        rows.Text(movement.OrderId);
        rows.Text(recorded.Topic);
        rows.Int32(recorded.Partition);
        rows.Int64(recorded.Offset);
        rows.Int64(recorded.ContentHash);
    }

    /// <summary>Compares events whose sequence was applied before with what was applied then.</summary>
    /// <exception cref="PoisonEventException">One says something else; the first of them is named.</exception>
    public static async Task CheckRepeatsAsync(NpgsqlConnection connection, StockFold fold, CancellationToken cancellationToken)
    {
        if (fold.Repeated.Count == 0)
            return;
        var applied = await HashesAsync(connection, fold.Repeated, cancellationToken);
        foreach (var (recorded, _, _) in fold.New)
            applied[(recorded.AggregateId, recorded.Sequence)] = recorded.ContentHash;

        var conflict = fold.Repeated.FirstOrDefault(repeated =>
            !applied.TryGetValue((repeated.AggregateId, repeated.Sequence), out var hash) || hash != repeated.ContentHash);
        if (conflict is not null)
            throw SequenceRule.Conflict(conflict);
    }

    private static async Task<Dictionary<(string Sku, long Sequence), long>> HashesAsync(
        NpgsqlConnection connection, List<RecordedEvent> repeated, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand("""
            SELECT m.sku, m.sequence, m.content_hash
            FROM unnest($1, $2) AS r (sku, sequence) JOIN stock_movements m USING (sku, sequence)
            """, connection)
        {
            Parameters =
            {
                new() { Value = repeated.Select(recorded => recorded.AggregateId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = repeated.Select(recorded => recorded.Sequence).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            },
        };
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var hashes = new Dictionary<(string, long), long>();
        while (await reader.ReadAsync(cancellationToken))
            hashes[(reader.GetString(0), reader.GetInt64(1))] = reader.GetInt64(2);
        return hashes;
    }
}
