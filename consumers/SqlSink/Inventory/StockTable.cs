using Streaming.Contracts.Inventory;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.SqlSink.Inventory;

/// <summary>The tables <c>stock</c> and <c>stock_movements</c>.</summary>
internal static class StockTable
{
    public static readonly SqlTable<StockRow> Stock = SqlTable.Of<StockRow>("stock", key: "sku")
        .Text("name", row => row.Name)
        .Int32("on_hand", row => row.OnHand)
        .Int32("reserved", row => row.Reserved)
        .TimestampOrNull("last_incoming_at", row => row.LastIncomingAt)
        .TimestampOrNull("last_outgoing_at", row => row.LastOutgoingAt)
        .Read(row => new StockRow(row.Text(), row.Int32(), row.Int32(), row.TimestampOrNull(), row.TimestampOrNull()));

    /// <param name="move">What an event did.</param>
    public static SqlHistory<StockRow> DeclareMovements(Func<Change<StockRow>, StockMovement> move) => SqlHistory
        .Of<StockRow, StockMovement>("stock_movements", move)
        .Int32("delta_on_hand", movement => movement.DeltaOnHand)
        .Int32("delta_reserved", movement => movement.DeltaReserved)
        .Int32("on_hand", movement => movement.OnHand)
        .Int32("reserved", movement => movement.Reserved)
        .TextOrNull("reason", movement => movement.Reason)
        .TextOrNull("reference", movement => movement.Reference)
        .TextOrNull("order_id", movement => movement.OrderId)
        .Restore("name", "coalesce(t.name, h.sku)")
        .Restore("last_incoming_at", "(SELECT max(m.occurred_at) FROM {history} m WHERE m.sku = h.sku AND m.delta_on_hand > 0)")
        .Restore("last_outgoing_at", "(SELECT max(m.occurred_at) FROM {history} m WHERE m.sku = h.sku AND m.delta_on_hand < 0)")
        .End();

    public static readonly SqlProjection Projection = SqlProjection.Of(
        Stock, DeclareMovements(change => StockProjection.Move((InventoryEvent)change.Recorded.Record)), StockProjection.Project);
}
