using Streaming.Contracts.Orders;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.__Name__;

/// <summary>An order, as this consumer sees it: a row of the table <c>orders</c>.</summary>
internal sealed record OrderRow(string CustomerId, decimal Total, string Currency, bool IsAccepted);

/// <summary>What the table has, and what an event makes of a row.</summary>
internal static class OrderTable
{
    private static readonly SqlTable<OrderRow> _orders = SqlTable.Of<OrderRow>("orders", key: "order_id")
        .Text("customer_id", row => row.CustomerId)
        .Numeric("total", row => row.Total)
        .Text("currency", row => row.Currency)
        .Boolean("is_accepted", row => row.IsAccepted)
        .Read(row => new OrderRow(row.Text(), row.Numeric(), row.Text(), row.Boolean()));

    public static readonly SqlProjection Projection = SqlProjection.Of(_orders, Project);

    /// <summary>Pure: the row before (null for none) and an event, to the row after (null for none any more).</summary>
    public static OrderRow? Project(OrderRow? before, RecordedEvent recorded) => recorded.Record switch
    {
        OrderPlaced e => new OrderRow(e.CustomerId.Value, e.Total, e.Currency.Value, IsAccepted: false),
        OrderLinesChanged e => before! with { Total = e.Total },
        OrderAccepted => before! with { IsAccepted = true },
        OrderRejected or OrderCancelled => null,
        _ => before,   // Whatever else happens to an order is nothing to this table.
    };
}
