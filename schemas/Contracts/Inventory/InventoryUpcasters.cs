using Streaming.Contracts.Inventory.V1;
using Streaming.Contracts.Upcasting;

namespace Streaming.Contracts.Inventory;

/// <summary>From what inventory used to write to what it writes now.</summary>
public static class InventoryUpcasters
{
    public static IReadOnlyList<Upcaster> All { get; } =
    [
        Upcaster.Of((V1.ProductRegistered e) =>
            new ProductRegistered(e.Sku, DisplayName: e.Name, e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt)),
        // The sign said what had happened; now the name does.
        Upcaster.Split<StockAdjusted, StockFound, StockLost>(e => e.Quantity < 0
            ? new StockLost(e.Sku, checked(-e.Quantity), e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt)
            : new StockFound(e.Sku, e.Quantity, e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt)),
    ];
}
