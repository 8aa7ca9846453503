using System.Diagnostics;
using Streaming.Contracts.Inventory;
using Streaming.ElasticSink.Documents;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Inventory;

/// <summary>A product with its stock: the index <c>products</c>.</summary>
/// <param name="LastIncomingAt">Business time of the latest receipt or upward adjustment; null for none.</param>
/// <param name="LastOutgoingAt">Business time of the latest sale, shipment or downward adjustment; null for none.</param>
internal sealed record ProductDocument(
    string Sku, string Name, int OnHand, int Reserved, int Available, bool IsDiscontinued, DateTimeOffset? LastIncomingAt, DateTimeOffset? LastOutgoingAt)
    : DerivedDocument;

internal static class Products
{
    public static readonly ReadModel<ProductDocument> Model = new("products", 1, ["sku"], """
        "sku":{"type":"keyword","fields":{"words":{"type":"text"}}},"name":{"type":"text","fields":{"raw":{"type":"keyword","ignore_above":256}}},
        "onHand":{"type":"integer"},"reserved":{"type":"integer"},"available":{"type":"integer"},"isDiscontinued":{"type":"boolean"},
        "lastIncomingAt":{"type":"date"},"lastOutgoingAt":{"type":"date"}
        """, Project, ElasticJson.Default.ProductDocument);

    public static ProductDocument Project(ProductDocument? before, RecordedEvent recorded)
    {
        var happened = Happened.In<InventoryEvent>(recorded, inventory => inventory.Sku.Value);
        var (delta, onHand, reserved) = happened switch
        {
            ProductRegistered e => (0, e.OnHand, e.Reserved),
            StockReceived e => (e.Quantity, e.OnHand, e.Reserved),
            StockSold e => (-e.Quantity, e.OnHand, e.Reserved),
            StockFound e => (e.Quantity, e.OnHand, e.Reserved),
            StockLost e => (-e.Quantity, e.OnHand, e.Reserved),
            StockReserved e => (0, e.OnHand, e.Reserved),
            StockReleased e => (0, e.OnHand, e.Reserved),
            StockShipped e => (-e.Quantity, e.OnHand, e.Reserved),
            ProductDiscontinued e => (0, e.OnHand, e.Reserved),
            _ => throw new UnreachableException($"No stock for {happened.GetType().Name}; add it above."),
        };
        return new(
            recorded.AggregateId,
            happened is ProductRegistered registered ? registered.DisplayName : before?.Name ?? recorded.AggregateId,
            onHand, reserved, onHand - reserved,
            happened is ProductDiscontinued || before?.IsDiscontinued == true,
            delta > 0 ? Later(before?.LastIncomingAt, happened.OccurredAt) : before?.LastIncomingAt,
            delta < 0 ? Later(before?.LastOutgoingAt, happened.OccurredAt) : before?.LastOutgoingAt);
    }

    // An event recorded late doesn't move a date back.
    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset occurredAt) => known > occurredAt ? known.Value : occurredAt;
}
