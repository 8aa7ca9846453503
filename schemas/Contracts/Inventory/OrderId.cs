namespace Streaming.Contracts.Inventory;

/// <summary>The order that units are set aside for. An id only: orders live in a context of their own.</summary>
public readonly record struct OrderId(string Value)
{
    public override string ToString() => Value;
}
