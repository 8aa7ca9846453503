namespace Streaming.Contracts.Inventory;

/// <summary>Something that is asked of a product's stock.</summary>
/// <param name="Sku">The aggregate that decides.</param>
/// <param name="OccurredAt">Business time, UTC; null until the command is recorded, when its record's timestamp takes the place.</param>
public abstract record InventoryCommand(Sku Sku, DateTimeOffset? OccurredAt);
