using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Orders;

/// <summary>Questions to the tables of orders.</summary>
internal sealed class OrderQueries(ReadDatabase database) : AggregateQueries<OrderAnswer, OrderEntry>(database, TopicCatalogue.Orders, "orders", "order_id")
{
    private const string OwnColumns = """
        s.order_id, s.status, s.customer_id, s.account_id, s.currency, s.total, s.revision, s.lines, s.channel, s.code, s.reason, s.reference,
        s.placed_at, s.closed_at, s.topic || '-' || s.partition || '@' || s.record_offset, s.recorded_at
        """;

    /// <summary>One as it stands; <c>$1</c> is its id.</summary>
    public string SelectNow => $"SELECT {OwnColumns}, s.version FROM {Name("orders")} s WHERE s.order_id = $1";

    /// <inheritdoc/>
    public override Task<OrderAnswer?> FindAsync(string id, AsOf asOf, CancellationToken cancellationToken) => asOf is AsOf.Now
        ? FindOneAsync(SelectNow, [ReadDatabase.Text(id)], cancellationToken)
        : FindVersionAsync("order_versions", OwnColumns + ", s.sequence", id, asOf, cancellationToken);

    /// <inheritdoc/>
    public override Task<List<OrderAnswer>> ListAsync(string after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync(
        $"SELECT {OwnColumns}, s.version FROM {Name("orders")} s WHERE s.order_id > $1 ORDER BY s.order_id LIMIT $2",
        [ReadDatabase.Text(after), ReadDatabase.Number(countMax)], ReadState, cancellationToken);

    /// <inheritdoc/>
    public override Task<List<OrderEntry>> HistoryAsync(string id, long after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync($"""
        SELECT v.sequence, v.event_type, v.occurred_at, v.status, v.total, v.revision, v.lines, v.code, v.reason,
               v.topic || '-' || v.partition || '@' || v.record_offset, v.recorded_at, a.event_id, a.causation_id, a.actor
        FROM {Name("order_versions")} v LEFT JOIN {Name("audit_log")} a USING (topic, partition, record_offset)
        WHERE v.order_id = $1 AND v.sequence > $2 ORDER BY v.sequence LIMIT $3
        """,
        [ReadDatabase.Text(id), ReadDatabase.Number(after), ReadDatabase.Number(countMax)], ReadEntry, cancellationToken);

    protected override OrderAnswer ReadState(NpgsqlDataReader reader) => Read(reader);

    /// <summary>A row of <see cref="SelectNow"/>.</summary>
    public static OrderAnswer Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDecimal(5), reader.GetInt32(6),
        reader.Items<OrderRowLine>(7), reader.TextOrNull(8), reader.TextOrNull(9), reader.TextOrNull(10), reader.TextOrNull(11),
        reader.Moment(12), reader.MomentOrNull(13), reader.GetInt64(16), reader.GetString(14), reader.Moment(15));

    private static OrderEntry ReadEntry(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.Moment(2), reader.GetString(3), reader.GetDecimal(4), reader.GetInt32(5),
        reader.Items<OrderRowLine>(6), reader.TextOrNull(7), reader.TextOrNull(8), reader.GetString(9), reader.Moment(10), reader.Origin(11));
}
