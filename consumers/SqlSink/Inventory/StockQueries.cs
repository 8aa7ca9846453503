using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Streaming.SqlSink.Inventory;

/// <summary>Questions to the stock tables.</summary>
internal sealed class StockQueries(NpgsqlDataSource database)
{
    private const string StockColumns = """
        s.sku, s.name, s.on_hand::bigint, s.reserved::bigint, s.last_incoming_at, s.last_outgoing_at, s.version,
        s.topic || '-' || s.partition || '@' || s.record_offset, s.recorded_at
        """;

    // What the events up to some point add up to; the last of them gives version and position.
    private const string Folded = """
        SELECT s.sku, s.name, f.on_hand, f.reserved, f.last_incoming_at, f.last_outgoing_at, last.sequence,
               last.topic || '-' || last.partition || '@' || last.record_offset, last.recorded_at
        FROM stock s,
            LATERAL (
                SELECT sum(delta_on_hand) AS on_hand, sum(delta_reserved) AS reserved, max(sequence) AS sequence,
                       max(occurred_at) FILTER (WHERE delta_on_hand > 0) AS last_incoming_at,
                       max(occurred_at) FILTER (WHERE delta_on_hand < 0) AS last_outgoing_at
                FROM stock_movements WHERE sku = s.sku AND {0}) f
            JOIN stock_movements last ON last.sequence = f.sequence
        WHERE s.sku = $1 AND last.sku = s.sku
        """;

    /// <summary>Null when the product is unknown, or was at that moment.</summary>
    public Task<StockAnswer?> FindAsync(string sku, AsOf asOf, CancellationToken cancellationToken) => asOf switch
    {
        AsOf.Now => FindOneAsync($"SELECT {StockColumns} FROM stock s WHERE s.sku = $1", [Text(sku)], cancellationToken),
        AsOf.Occurred at => FindOneAsync(Fold("occurred_at <= $2"), [Text(sku), Time(at.At)], cancellationToken),
        // Recorded time never falls within a partition, so this is a prefix of the sequences, too.
        AsOf.Recorded at => FindOneAsync(Fold("recorded_at <= $2"), [Text(sku), Time(at.At)], cancellationToken),
        AsOf.Sequence at => FindOneAsync(
            Fold("sequence <= $2 AND EXISTS (SELECT FROM stock_movements m WHERE m.sku = s.sku AND m.sequence = $2)"),
            [Text(sku), new NpgsqlParameter { Value = at.Value }], cancellationToken),
        _ => throw new UnreachableException($"No query as of {asOf}; add it above."),
    };

    /// <summary>The product's version; 0 when it is unknown.</summary>
    public async Task<long> VersionAsync(string sku, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT version FROM stock WHERE sku = $1");
        command.Parameters.Add(Text(sku));
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>When it was decided to purge the product; null when it was not.</summary>
    public async Task<DateTimeOffset?> ErasedAtAsync(string sku, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT erased_at FROM erasures WHERE aggregate_id = $1");
        command.Parameters.Add(Text(sku));
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    /// <summary>Products in ordinal order of their SKU, those behind <paramref name="after"/>.</summary>
    public Task<List<StockAnswer>> ListAsync(string after, int countMax, CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {StockColumns} FROM stock s WHERE s.sku > $1 ORDER BY s.sku LIMIT $2",
        [Text(after), new NpgsqlParameter { Value = countMax }], ReadStock, cancellationToken);

    /// <summary>The product's events by sequence, those behind <paramref name="after"/>.</summary>
    public Task<List<TimelineEntry>> HistoryAsync(string sku, long after, int countMax, CancellationToken cancellationToken) => ReadAsync("""
        SELECT m.sequence, m.event_type, m.occurred_at, m.delta_on_hand, m.delta_reserved, m.reason, m.reference, m.order_id,
               m.on_hand, m.reserved, m.topic || '-' || m.partition || '@' || m.record_offset, m.recorded_at,
               a.event_id, a.causation_id, a.actor
        FROM stock_movements m LEFT JOIN audit_log a USING (topic, partition, record_offset)
        WHERE m.sku = $1 AND m.sequence > $2 ORDER BY m.sequence LIMIT $3
        """,
        [Text(sku), new NpgsqlParameter { Value = after }, new NpgsqlParameter { Value = countMax }], ReadEntry, cancellationToken);

    private static string Fold(string condition) => Folded.Replace("{0}", condition, StringComparison.Ordinal);

    private async Task<StockAnswer?> FindOneAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken) =>
        (await ReadAsync(sql, parameters, ReadStock, cancellationToken)).SingleOrDefault();

    private async Task<List<T>> ReadAsync<T>(
        string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    private static StockAnswer ReadStock(NpgsqlDataReader reader)
    {
        var (onHand, reserved) = (reader.GetInt64(2), reader.GetInt64(3));
        return new StockAnswer(
            reader.GetString(0), reader.GetString(1), onHand, reserved, onHand - reserved,
            DayOrNull(reader, 4), DayOrNull(reader, 5), reader.GetInt64(6), reader.GetString(7), reader.GetFieldValue<DateTimeOffset>(8));
    }

    private static TimelineEntry ReadEntry(NpgsqlDataReader reader)
    {
        var occurredAt = reader.GetFieldValue<DateTimeOffset>(2);
        var (onHand, reserved) = (reader.GetInt32(8), reader.GetInt32(9));
        return new TimelineEntry(
            reader.GetInt64(0), reader.GetString(1), Day(occurredAt), occurredAt, reader.GetInt32(3), reader.GetInt32(4),
            TextOrNull(reader, 5), TextOrNull(reader, 6), TextOrNull(reader, 7), onHand, reserved, onHand - reserved,
            reader.GetString(10), reader.GetFieldValue<DateTimeOffset>(11),
            reader.IsDBNull(12) ? null : reader.GetGuid(12), TextOrNull(reader, 13), TextOrNull(reader, 14));
    }

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private static DateOnly? DayOrNull(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Day(reader.GetFieldValue<DateTimeOffset>(column));

    private static string? TextOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
