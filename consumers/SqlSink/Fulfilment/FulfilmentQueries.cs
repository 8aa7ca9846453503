using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Fulfilment;

/// <summary>Questions to the tables of fulfilment.</summary>
internal sealed class FulfilmentQueries(ReadDatabase database)
    : AggregateQueries<FulfilmentAnswer, FulfilmentStep>(database, TopicCatalogue.Fulfilment, "fulfilments", "order_id")
{
    private const string OwnColumns = """
        s.order_id, s.phase, s.step, s.attempt, s.revision, s.customer_id, s.account_id, s.currency, s.total, s.lines, s.shipped, s.is_stuck,
        s.code, s.reason, s.deadline, s.started_at, s.ended_at, s.topic || '-' || s.partition || '@' || s.record_offset, s.recorded_at
        """;

    /// <summary>One as it stands; <c>$1</c> is its id.</summary>
    public string SelectNow => $"SELECT {OwnColumns}, s.version FROM {Name("fulfilments")} s WHERE s.order_id = $1";

    /// <inheritdoc/>
    public override Task<FulfilmentAnswer?> FindAsync(string id, AsOf asOf, CancellationToken cancellationToken) => asOf is AsOf.Now
        ? FindOneAsync(SelectNow, [ReadDatabase.Text(id)], cancellationToken)
        : FindVersionAsync("fulfilment_steps", OwnColumns + ", s.sequence", id, asOf, cancellationToken);

    /// <inheritdoc/>
    public override Task<List<FulfilmentAnswer>> ListAsync(string after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync(
        $"SELECT {OwnColumns}, s.version FROM {Name("fulfilments")} s WHERE s.order_id > $1 ORDER BY s.order_id LIMIT $2",
        [ReadDatabase.Text(after), ReadDatabase.Number(countMax)], ReadState, cancellationToken);

    /// <inheritdoc/>
    public override Task<List<FulfilmentStep>> HistoryAsync(string id, long after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync($"""
        SELECT v.sequence, v.event_type, v.occurred_at,
               extract(epoch FROM v.occurred_at - (
                   SELECT b.occurred_at FROM {Name("fulfilment_steps")} b WHERE b.order_id = v.order_id AND b.sequence = v.sequence - 1))::float8,
               v.step, v.phase, v.attempt, v.is_stuck, v.code, v.reason, v.deadline,
               v.topic || '-' || v.partition || '@' || v.record_offset, v.recorded_at, a.event_id, a.causation_id, a.actor
        FROM {Name("fulfilment_steps")} v LEFT JOIN {Name("audit_log")} a USING (topic, partition, record_offset)
        WHERE v.order_id = $1 AND v.sequence > $2 ORDER BY v.sequence LIMIT $3
        """,
        [ReadDatabase.Text(id), ReadDatabase.Number(after), ReadDatabase.Number(countMax)], ReadEntry, cancellationToken);

    protected override FulfilmentAnswer ReadState(NpgsqlDataReader reader) => Read(reader);

    /// <summary>A row of <see cref="SelectNow"/>.</summary>
    public static FulfilmentAnswer Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetString(5), reader.GetString(6),
        reader.GetString(7), reader.GetDecimal(8), reader.Items<FulfilmentRowLine>(9), reader.Items<FulfilmentRowLine>(10), reader.GetBoolean(11),
        reader.TextOrNull(12), reader.TextOrNull(13), reader.MomentOrNull(14), reader.Moment(15), reader.MomentOrNull(16),
        reader.GetInt64(19), reader.GetString(17), reader.Moment(18));

    private static FulfilmentStep ReadEntry(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.Moment(2), reader.IsDBNull(3) ? null : reader.GetDouble(3), reader.GetString(4), reader.GetString(5),
        reader.GetInt32(6), reader.GetBoolean(7), reader.TextOrNull(8), reader.TextOrNull(9), reader.MomentOrNull(10),
        reader.GetString(11), reader.Moment(12), reader.Origin(13));
}
