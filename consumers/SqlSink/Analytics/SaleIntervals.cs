using Npgsql;
using NpgsqlTypes;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Analytics;

/// <summary>How much time lies between the sales of a product, by business time, over its whole history.</summary>
/// <remarks>A sale is a <c>StockSold</c> of any version. What is shipped for orders is not counted.</remarks>
internal sealed class SaleIntervals(ReadDatabase database)
{
    // Reads the movements of the asked products alone, by their primary key.
    private string Select(string products) => $"""
        SELECT p.sku, s.sales, s.intervals, s.shortest, s.mean, s.median, s.longest
        FROM ({products}) p
        LEFT JOIN LATERAL (
            SELECT count(*) AS sales, count(gap) AS intervals, min(gap) AS shortest, avg(gap) AS mean,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median, max(gap) AS longest
            FROM (
                SELECT extract(epoch FROM m.occurred_at - lag(m.occurred_at) OVER (ORDER BY m.occurred_at, m.sequence))::float8 AS gap
                FROM {database.Schema}.stock_movements m
                WHERE m.sku = p.sku AND m.event_type LIKE 'streaming.inventory.%StockSold') g) s ON true
        ORDER BY p.sku
        """;

    /// <summary>Of one product; null when it is not known.</summary>
    public async Task<SaleIntervalsAnswer?> FindAsync(string sku, CancellationToken cancellationToken) =>
        (await database.ReadAsync(Select($"SELECT sku FROM {database.Schema}.stock WHERE sku = $1"), [ReadDatabase.Text(sku)], Read, cancellationToken)).SingleOrDefault();

    /// <summary>Of all products in ordinal order of their SKU, those behind <paramref name="after"/>.</summary>
    public Task<List<SaleIntervalsAnswer>> ListAsync(string after, int countMax, CancellationToken cancellationToken) => database.ReadAsync(
        Select($"SELECT sku FROM {database.Schema}.stock WHERE sku > $1 ORDER BY sku LIMIT $2"),
        [ReadDatabase.Text(after), new NpgsqlParameter { Value = countMax, NpgsqlDbType = NpgsqlDbType.Integer }], Read, cancellationToken);

    private static SaleIntervalsAnswer Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), Seconds(reader, 3), Seconds(reader, 4), Seconds(reader, 5), Seconds(reader, 6));

    private static double? Seconds(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
}

/// <summary>Times between the sales of one product.</summary>
/// <param name="Intervals">One less than sales; 0 for none. Without one there is nothing to say about the seconds.</param>
internal sealed record SaleIntervalsAnswer(
    string Sku, long Sales, long Intervals, double? MinSeconds, double? AverageSeconds, double? MedianSeconds, double? MaxSeconds);
