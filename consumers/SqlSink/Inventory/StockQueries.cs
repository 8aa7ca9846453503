using System.Diagnostics;
using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Inventory;

/// <summary>Questions to the stock tables.</summary>
internal sealed class StockQueries(ReadDatabase database) : AggregateQueries<StockAnswer, TimelineEntry>(database, TopicCatalogue.Inventory, "stock", "sku")
{
    private const string StockColumns = """
        s.sku, s.name, s.on_hand::bigint, s.reserved::bigint, s.last_incoming_at, s.last_outgoing_at, s.version,
        s.topic || '-' || s.partition || '@' || s.record_offset, s.recorded_at
        """;

    /// <inheritdoc/>
    public override Task<StockAnswer?> FindAsync(string id, AsOf asOf, CancellationToken cancellationToken) => asOf switch
    {
        AsOf.Now => FindOneAsync($"SELECT {StockColumns} FROM {Name("stock")} s WHERE s.sku = $1", [ReadDatabase.Text(id)], cancellationToken),
        AsOf.Occurred at => FindOneAsync(Folded("occurred_at <= $2"), [ReadDatabase.Text(id), ReadDatabase.Time(at.At)], cancellationToken),
        // Recorded time never falls within a partition, so this is a prefix of the sequences, too.
        AsOf.Recorded at => FindOneAsync(Folded("recorded_at <= $2"), [ReadDatabase.Text(id), ReadDatabase.Time(at.At)], cancellationToken),
        AsOf.Sequence at => FindOneAsync(
            Folded($"sequence <= $2 AND EXISTS (SELECT FROM {Name("stock_movements")} m WHERE m.sku = s.sku AND m.sequence = $2)"),
            [ReadDatabase.Text(id), ReadDatabase.Number(at.Value)], cancellationToken),
        _ => throw new UnreachableException($"No query as of {asOf}; add it above."),
    };

    /// <inheritdoc/>
    public override Task<List<StockAnswer>> ListAsync(string after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync(
        $"SELECT {StockColumns} FROM {Name("stock")} s WHERE s.sku > $1 ORDER BY s.sku LIMIT $2",
        [ReadDatabase.Text(after), ReadDatabase.Number(countMax)], ReadState, cancellationToken);

    /// <inheritdoc/>
    public override Task<List<TimelineEntry>> HistoryAsync(string id, long after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync($"""
        SELECT m.sequence, m.event_type, m.occurred_at, m.delta_on_hand, m.delta_reserved, m.reason, m.reference, m.order_id,
               m.on_hand, m.reserved, m.topic || '-' || m.partition || '@' || m.record_offset, m.recorded_at,
               a.event_id, a.causation_id, a.actor
        FROM {Name("stock_movements")} m LEFT JOIN {Name("audit_log")} a USING (topic, partition, record_offset)
        WHERE m.sku = $1 AND m.sequence > $2 ORDER BY m.sequence LIMIT $3
        """,
        [ReadDatabase.Text(id), ReadDatabase.Number(after), ReadDatabase.Number(countMax)], ReadEntry, cancellationToken);

    // What the events up to some point add up to; the last of them gives version and position.
    private string Folded(string condition) => $"""
        SELECT s.sku, s.name, f.on_hand, f.reserved, f.last_incoming_at, f.last_outgoing_at, last.sequence,
               last.topic || '-' || last.partition || '@' || last.record_offset, last.recorded_at
        FROM {Name("stock")} s,
            LATERAL (
                SELECT sum(delta_on_hand) AS on_hand, sum(delta_reserved) AS reserved, max(sequence) AS sequence,
                       max(occurred_at) FILTER (WHERE delta_on_hand > 0) AS last_incoming_at,
                       max(occurred_at) FILTER (WHERE delta_on_hand < 0) AS last_outgoing_at
                FROM {Name("stock_movements")} WHERE sku = s.sku AND {condition}) f
            JOIN {Name("stock_movements")} last ON last.sequence = f.sequence
        WHERE s.sku = $1 AND last.sku = s.sku
        """;

    protected override StockAnswer ReadState(NpgsqlDataReader reader)
    {
        var (onHand, reserved) = (reader.GetInt64(2), reader.GetInt64(3));
        return new StockAnswer(
            reader.GetString(0), reader.GetString(1), onHand, reserved, onHand - reserved,
            reader.DayOrNull(4), reader.DayOrNull(5), reader.GetInt64(6), reader.GetString(7), reader.Moment(8));
    }

    private static TimelineEntry ReadEntry(NpgsqlDataReader reader)
    {
        var occurredAt = reader.Moment(2);
        var (onHand, reserved) = (reader.GetInt32(8), reader.GetInt32(9));
        return new TimelineEntry(
            reader.GetInt64(0), reader.GetString(1), DateOnly.FromDateTime(occurredAt.UtcDateTime), occurredAt, reader.GetInt32(3), reader.GetInt32(4),
            reader.TextOrNull(5), reader.TextOrNull(6), reader.TextOrNull(7), onHand, reserved, onHand - reserved,
            reader.GetString(10), reader.Moment(11),
            reader.IsDBNull(12) ? null : reader.GetGuid(12), reader.TextOrNull(13), reader.TextOrNull(14));
    }
}
