using Streaming.CommandHost.Http;
using Streaming.Contexts.Inventory;
using Streaming.Contracts;
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
        Show = stock => new
        {
            stock.Name,
            stock.OnHand,
            stock.Reserved,
            stock.Available,
            Reservations = stock.Reservations.ByOrder.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal)
                .Select(pair => new { OrderId = pair.Key.Value, Quantity = pair.Value }),
        },
        SumOfChanges = happened => new { OnHand = happened.Sum(OnHandChange), Reserved = happened.Sum(ReservedChange) },
        Commands =
        [
            new("register", (sku, body) => new RegisterProduct(new(sku), body.Text("name"), Reason(body), Reference(body), OccurredAt(body)),
                """{"name": "Lamp"}""") { Creates = true },
            new("receive", (sku, body) => new ReceiveStock(new(sku), Quantity(body), Reason(body), Reference(body), OccurredAt(body)),
                """{"quantity": 12, "reason": "first delivery", "reference": "D-2022-17", "occurredAt": "2022-03-15"}"""),
            new("sell", (sku, body) => new SellStock(new(sku), Quantity(body), Reason(body), Reference(body), OccurredAt(body)),
                """{"quantity": 5, "reason": "over the counter"}"""),
            new("adjust", (sku, body) => new AdjustStock(new(sku), Quantity(body), Reason(body), Reference(body), OccurredAt(body)),
                """{"quantity": -4, "reason": "broken in the store"}"""),
            new("reserve", (sku, body) => new ReserveStock(new(sku), Order(body), Quantity(body), Reason(body), OccurredAt(body)),
                """{"orderId": "ORD-1", "quantity": 3}"""),
            new("release", (sku, body) => new ReleaseStock(new(sku), Order(body), Quantity(body), Reason(body), OccurredAt(body)),
                """{"orderId": "ORD-1", "quantity": 1, "reason": "order changed"}"""),
            new("ship", (sku, body) => new ShipStock(new(sku), Order(body), Quantity(body), Reason(body), OccurredAt(body)),
                """{"orderId": "ORD-1", "quantity": 2, "occurredAt": "2022-03-16T09:30:00+01:00"}"""),
        ],
    };

    private static long OnHandChange(InventoryEvent happened) => happened switch
    {
        StockReceived e => e.Quantity,
        StockSold e => -e.Quantity,
        StockAdjusted e => e.Quantity,
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

    private static int Quantity(BodyReader body) => body.Quantity("quantity");

    private static OrderId Order(BodyReader body) => new(body.Text("orderId"));

    private static string? Reason(BodyReader body) => body.OptionalText("reason");

    private static string? Reference(BodyReader body) => body.OptionalText("reference");

    private static DateTimeOffset? OccurredAt(BodyReader body) => body.OptionalTime("occurredAt");
}
