using System.Diagnostics;
using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;

namespace Streaming.SqlSink.Inventory;

/// <summary>Event → movement; (row before, movement) → row after. Pure.</summary>
internal static class StockProjection
{
    public static StockMovement Move(InventoryEvent happened) => happened switch
    {
        ProductRegistered e => new(0, 0, e.OnHand, e.Reserved, e.Reason, e.Reference, OrderId: null),
        StockReceived e => new(e.Quantity, 0, e.OnHand, e.Reserved, e.Reason, e.Reference, OrderId: null),
        StockSold e => new(-e.Quantity, 0, e.OnHand, e.Reserved, e.Reason, e.Reference, OrderId: null),
        StockFound e => new(e.Quantity, 0, e.OnHand, e.Reserved, e.Reason, e.Reference, OrderId: null),
        StockLost e => new(-e.Quantity, 0, e.OnHand, e.Reserved, e.Reason, e.Reference, OrderId: null),
        StockReserved e => new(0, e.Quantity, e.OnHand, e.Reserved, e.Reason, Reference: null, e.OrderId.Value),
        StockReleased e => new(0, -e.Quantity, e.OnHand, e.Reserved, e.Reason, Reference: null, e.OrderId.Value),
        StockShipped e => new(-e.Quantity, -e.Quantity, e.OnHand, e.Reserved, e.Reason, Reference: null, e.OrderId.Value),
        ProductDiscontinued e => new(0, 0, e.OnHand, e.Reserved, e.Reason, e.Reference, OrderId: null),
        _ => throw new UnreachableException($"No movement for {happened.GetType().Name}; add it above."),
    };

    /// <param name="before">Null for a product's first event.</param>
    public static StockRow Project(StockRow? before, RecordedEvent recorded)
    {
        var happened = Happened.In<InventoryEvent>(recorded, inventory => inventory.Sku.Value);
        var movement = Move(happened);
        return new(
            happened is ProductRegistered registered ? registered.DisplayName : before?.Name ?? recorded.AggregateId,
            movement.OnHand,
            movement.Reserved,
            movement.DeltaOnHand > 0 ? Later(before?.LastIncomingAt, happened.OccurredAt) : before?.LastIncomingAt,
            movement.DeltaOnHand < 0 ? Later(before?.LastOutgoingAt, happened.OccurredAt) : before?.LastOutgoingAt);
    }

    // An event recorded late doesn't move a date back.
    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset occurredAt) => known > occurredAt ? known.Value : occurredAt;
}
