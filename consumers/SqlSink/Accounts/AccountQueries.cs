using System.Diagnostics;
using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Accounts;

/// <summary>Questions to the tables of accounts.</summary>
internal sealed class AccountQueries(ReadDatabase database) : AggregateQueries<AccountAnswer, AccountEntry>(database, TopicCatalogue.Accounts, "accounts", "account_id")
{
    private const string StateColumns =
        "s.account_id, s.holder, s.currency, s.balance, s.held, s.is_closed, s.version, s.topic || '-' || s.partition || '@' || s.record_offset, s.recorded_at";

    /// <inheritdoc/>
    public override Task<AccountAnswer?> FindAsync(string id, AsOf asOf, CancellationToken cancellationToken) => asOf switch
    {
        AsOf.Now => FindOneAsync($"SELECT {StateColumns} FROM {Name("accounts")} s WHERE s.account_id = $1", [ReadDatabase.Text(id)], cancellationToken),
        AsOf.Occurred at => FindOneAsync(Folded("occurred_at <= $2"), [ReadDatabase.Text(id), ReadDatabase.Time(at.At)], cancellationToken),
        AsOf.Recorded at => FindOneAsync(Folded("recorded_at <= $2"), [ReadDatabase.Text(id), ReadDatabase.Time(at.At)], cancellationToken),
        AsOf.Sequence at => FindOneAsync(
            Folded($"sequence <= $2 AND EXISTS (SELECT FROM {Name("account_movements")} m WHERE m.account_id = s.account_id AND m.sequence = $2)"),
            [ReadDatabase.Text(id), ReadDatabase.Number(at.Value)], cancellationToken),
        _ => throw new UnreachableException($"No query as of {asOf}; add it above."),
    };

    /// <inheritdoc/>
    public override Task<List<AccountAnswer>> ListAsync(string after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync(
        $"SELECT {StateColumns} FROM {Name("accounts")} s WHERE s.account_id > $1 ORDER BY s.account_id LIMIT $2",
        [ReadDatabase.Text(after), ReadDatabase.Number(countMax)], ReadState, cancellationToken);

    /// <inheritdoc/>
    public override Task<List<AccountEntry>> HistoryAsync(string id, long after, int countMax, CancellationToken cancellationToken) => Database.ReadAsync($"""
        SELECT m.sequence, m.event_type, m.occurred_at, m.delta_balance, m.delta_held, m.balance, m.held, m.currency, m.entry, m.reversed_entry,
               m.order_id, m.reason, m.reference, m.payer, m.topic || '-' || m.partition || '@' || m.record_offset, m.recorded_at,
               a.event_id, a.causation_id, a.actor
        FROM {Name("account_movements")} m LEFT JOIN {Name("audit_log")} a USING (topic, partition, record_offset)
        WHERE m.account_id = $1 AND m.sequence > $2 ORDER BY m.sequence LIMIT $3
        """,
        [ReadDatabase.Text(id), ReadDatabase.Number(after), ReadDatabase.Number(countMax)], ReadEntry, cancellationToken);

    // What the events up to some point add up to; the last of them gives version and position.
    private string Folded(string condition) => $"""
        SELECT s.account_id, s.holder, s.currency, f.balance, f.held, f.is_closed, last.sequence,
               last.topic || '-' || last.partition || '@' || last.record_offset, last.recorded_at
        FROM {Name("accounts")} s,
            LATERAL (
                SELECT sum(delta_balance) AS balance, sum(delta_held) AS held, max(sequence) AS sequence,
                       bool_or(event_type LIKE 'streaming.%.AccountClosed') AS is_closed
                FROM {Name("account_movements")} WHERE account_id = s.account_id AND {condition}) f
            JOIN {Name("account_movements")} last ON last.sequence = f.sequence
        WHERE s.account_id = $1 AND last.account_id = s.account_id
        """;

    protected override AccountAnswer ReadState(NpgsqlDataReader reader)
    {
        var (balance, held) = (reader.GetDecimal(3), reader.GetDecimal(4));
        return new AccountAnswer(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), balance, held, balance - held, reader.GetBoolean(5),
            reader.GetInt64(6), reader.GetString(7), reader.Moment(8));
    }

    private static AccountEntry ReadEntry(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.Moment(2), reader.GetDecimal(3), reader.GetDecimal(4), reader.GetDecimal(5), reader.GetDecimal(6),
        reader.GetString(7), reader.NumberOrNull(8), reader.NumberOrNull(9), reader.TextOrNull(10), reader.TextOrNull(11), reader.TextOrNull(12),
        reader.TextOrNull(13), reader.GetString(14), reader.Moment(15), reader.Origin(16));
}
