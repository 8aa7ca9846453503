using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.SqlSink.Orders;

/// <summary>The tables <c>orders</c> and <c>order_versions</c>.</summary>
internal static class OrderTable
{
    public static readonly SqlTable<OrderRow> Orders = SqlTable.Of<OrderRow>("orders", key: "order_id")
        .Text("status", row => row.Status)
        .Text("customer_id", row => row.CustomerId)
        .Text("account_id", row => row.AccountId)
        .Text("currency", row => row.Currency)
        .Numeric("total", row => row.Total)
        .Int32("revision", row => row.Revision)
        .Jsonb("lines", row => row.Lines.Text)
        .TextOrNull("channel", row => row.Channel)
        .TextOrNull("code", row => row.Code)
        .TextOrNull("reason", row => row.Reason)
        .TextOrNull("reference", row => row.Reference)
        .Timestamp("placed_at", row => row.PlacedAt)
        .TimestampOrNull("closed_at", row => row.ClosedAt)
        .Read(row => new OrderRow(
            row.Text(), row.Text(), row.Text(), row.Text(), row.Numeric(), row.Int32(), new(row.Text()),
            row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.Timestamp(), row.TimestampOrNull()));

    public static readonly SqlProjection Projection = SqlProjection.Of(Orders, SqlHistory.Versions(Orders, "order_versions"), OrderProjection.Project);
}
