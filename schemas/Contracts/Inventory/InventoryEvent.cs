namespace Streaming.Contracts.Inventory;

/// <summary>Something that happened to a product's stock. Each carries the delta and the levels that result.</summary>
/// <param name="Sku">The aggregate.</param>
/// <param name="OccurredAt">Business time, UTC; not monotonic: events may be recorded late.</param>
public abstract record InventoryEvent(Sku Sku, DateTimeOffset OccurredAt);
