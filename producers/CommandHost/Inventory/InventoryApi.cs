using Streaming.CommandHost.Http;
using Streaming.Contexts.Inventory;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;

namespace Streaming.CommandHost.Inventory;

/// <summary>Inventory over HTTP.</summary>
internal static class InventoryApi
{
    public static ContextApi<InventoryCommand, InventoryEvent, StockLevel> Definition { get; } = new()
    {
        Context = InventoryContext.Definition,
        IdName = "sku",
        IdExample = "ABC-7",
        Check = InventoryLimits.Check,
        UnknownCode = "unknown-sku",
        UnknownTitle = "The product is not known",
        ClosedAfter = ["register", "discontinue"],
        Show = stock => new
        {
            stock.Name,
            stock.OnHand,
            stock.Reserved,
            stock.Available,
            IsDiscontinued = stock.IsClosed,
            Reservations = stock.Reservations.ByOrder.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal)
                .Select(pair => new { OrderId = pair.Key.Value, Quantity = pair.Value }),
        },
        SumOfChanges = happened => new { OnHand = happened.Sum(OnHandChange), Reserved = happened.Sum(ReservedChange) },
        Commands =
        [
            new("register", (sku, body) => new RegisterProduct(new(sku), body.Text("name"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"name": "Lamp"}""") { Creates = true },
            new("receive", (sku, body) => new ReceiveStock(
                new(sku), body.Quantity("quantity"), body.Reason(), body.Reference(), body.OccurredAt(), body.OptionalText("supplier")),
                """{"quantity": 12, "supplier": "Lumen & Co", "reason": "first delivery", "reference": "D-2022-17", "occurredAt": "2022-03-15"}""") { After = ["register"] },
            new("sell", (sku, body) => new SellStock(new(sku), body.Quantity("quantity"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"quantity": 5, "reason": "over the counter"}""") { After = ["register", "receive"] },
            new("adjust", (sku, body) => new AdjustStock(new(sku), body.Quantity("quantity"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"quantity": -4, "reason": "broken in the store"}""") { After = ["register", "receive"] },
            new("reserve", (sku, body) => new ReserveStock(new(sku), body.Order(), body.Quantity("quantity"), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1", "quantity": 3}""") { After = ["register", "receive"] },
            new("release", (sku, body) => new ReleaseStock(new(sku), body.Order(), body.Quantity("quantity"), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1", "quantity": 1, "reason": "order changed"}""") { After = ["register", "receive", "reserve"] },
            new("ship", (sku, body) => new ShipStock(new(sku), body.Order(), body.Quantity("quantity"), body.Reason(), body.OccurredAt()),
                """{"orderId": "ORD-1", "quantity": 2, "occurredAt": "2022-03-16T09:30:00+01:00"}""") { After = ["register", "receive", "reserve"] },
            new("discontinue", (sku, body) => new DiscontinueProduct(new(sku), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"reason": "not made any more"}""") { After = ["register"] },
        ],
    };

    private static long OnHandChange(InventoryEvent happened) => happened switch
    {
        StockReceived e => e.Quantity,
        StockSold e => -e.Quantity,
        StockFound e => e.Quantity,
        StockLost e => -e.Quantity,
        StockShipped e => -e.Quantity,
        _ => 0,
    };

    private static long ReservedChange(InventoryEvent happened) => happened switch
    {
        StockReserved e => e.Quantity,
        StockReleased e => -e.Quantity,
        StockShipped e => -e.Quantity,
        _ => 0,
    };
}
