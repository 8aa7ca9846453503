using System.Data;
using Npgsql;
using Streaming.SqlSink.Fulfilment;
using Streaming.SqlSink.Orders;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Overview;

/// <summary>Reads what each context has of an order, all at one moment.</summary>
internal sealed class OverviewQuery(ReadDatabase database)
{
    private readonly OrderQueries _orders = new(database);
    private readonly FulfilmentQueries _fulfilments = new(database);

    /// <summary>What was done is named by these events; other steps are undone, refused or asked for.</summary>
    private const string DoneEvents = "('LineReserved', 'PaymentHeld', 'PaymentCaptured', 'LineShipped')";

    public async Task<OverviewParts> ReadAsync(string orderId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot for all: a hold that is released between two questions would be neither held nor released.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { With(_orders.SelectNow, orderId), With(_fulfilments.SelectNow, orderId), With(Steps, orderId), With(Stock, orderId), With(Payment, orderId) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var order = (await AllAsync(reader, OrderQueries.Read, cancellationToken)).SingleOrDefault();
        await reader.NextResultAsync(cancellationToken);
        var fulfilment = (await AllAsync(reader, FulfilmentQueries.Read, cancellationToken)).SingleOrDefault();
        await reader.NextResultAsync(cancellationToken);
        var steps = (await AllAsync(reader, row => row.GetString(0), cancellationToken)).ToHashSet();
        await reader.NextResultAsync(cancellationToken);
        var stock = await AllAsync(reader, row => new StockPart(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3)), cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var payment = (await AllAsync(reader, ReadPayment, cancellationToken)).Single();
        return new(order, fulfilment, steps, stock, payment);
    }

    private string Steps => $"""
        SELECT DISTINCT step FROM {database.Schema}.fulfilment_steps
        WHERE order_id = $1 AND split_part(event_type, '.', -1) IN {DoneEvents}
        """;

    private string Stock => $"""
        SELECT sku, sum(delta_reserved), coalesce(sum(-delta_on_hand), 0), bool_or(delta_reserved > 0)
        FROM {database.Schema}.stock_movements WHERE order_id = $1 GROUP BY sku ORDER BY sku
        """;

    private string Payment => $"""
        SELECT min(account_id), min(currency), count(*), coalesce(sum(delta_held), 0),
               coalesce(sum(-delta_balance) FILTER (WHERE reversed_entry IS NULL), 0), coalesce(sum(delta_balance) FILTER (WHERE reversed_entry IS NOT NULL), 0),
               count(*) FILTER (WHERE type = 'FundsHeld') - count(*) FILTER (WHERE type IN ('FundsReleased', 'FundsCaptured')),
               count(*) FILTER (WHERE type = 'FundsCaptured'), count(*) FILTER (WHERE type = 'EntryReversed')
        FROM (SELECT *, split_part(event_type, '.', -1) AS type FROM {database.Schema}.account_movements WHERE order_id = $1) m
        """;

    private static NpgsqlBatchCommand With(string sql, string orderId) => new(sql) { Parameters = { ReadDatabase.Text(orderId) } };

    private static PaymentPart ReadPayment(NpgsqlDataReader reader) => new(
        reader.TextOrNull(0), reader.TextOrNull(1), reader.GetInt64(2), reader.GetDecimal(3), reader.GetDecimal(4), reader.GetDecimal(5),
        reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8));

    private static async Task<List<T>> AllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
