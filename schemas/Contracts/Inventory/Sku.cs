namespace Streaming.Contracts.Inventory;

/// <summary>A product's stock keeping unit: the id of the inventory aggregate, and the key its records are partitioned by.</summary>
/// <param name="Value">As the caller wrote it; compared ordinally, so case counts.</param>
public readonly record struct Sku(string Value)
{
    public override string ToString() => Value;
}
