using Streaming.CommandHost.Http;
using Streaming.Contracts;
using Streaming.Contracts.Inventory;

namespace Streaming.CommandHost.Inventory;

/// <summary>What each command of inventory looks like as JSON.</summary>
internal static class InventoryBodies
{
    /// <summary>Last part of the path → the command that the body makes.</summary>
    public static IReadOnlyDictionary<string, Func<Sku, BodyReader, InventoryCommand>> ByAction { get; } =
        new Dictionary<string, Func<Sku, BodyReader, InventoryCommand>>(StringComparer.Ordinal)
        {
            ["register"] = (sku, body) => new RegisterProduct(sku, body.Text("name"), Reason(body), Reference(body), OccurredAt(body)),
            ["receive"] = (sku, body) => new ReceiveStock(sku, Quantity(body), Reason(body), Reference(body), OccurredAt(body)),
            ["sell"] = (sku, body) => new SellStock(sku, Quantity(body), Reason(body), Reference(body), OccurredAt(body)),
            ["adjust"] = (sku, body) => new AdjustStock(sku, Quantity(body), Reason(body), Reference(body), OccurredAt(body)),
            ["reserve"] = (sku, body) => new ReserveStock(sku, Order(body), Quantity(body), Reason(body), OccurredAt(body)),
            ["release"] = (sku, body) => new ReleaseStock(sku, Order(body), Quantity(body), Reason(body), OccurredAt(body)),
            ["ship"] = (sku, body) => new ShipStock(sku, Order(body), Quantity(body), Reason(body), OccurredAt(body)),
        };

    private static int Quantity(BodyReader body) => body.Quantity("quantity");

    private static OrderId Order(BodyReader body) => new(body.Text("orderId"));

    private static string? Reason(BodyReader body) => body.OptionalText("reason");

    private static string? Reference(BodyReader body) => body.OptionalText("reference");

    private static DateTimeOffset? OccurredAt(BodyReader body) => body.OptionalTime("occurredAt");
}
