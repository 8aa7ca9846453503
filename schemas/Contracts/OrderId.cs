namespace Streaming.Contracts;

/// <summary>An order: the id of the aggregate in orders and of its fulfilment, and what reservations and holds are made for elsewhere.</summary>
public readonly record struct OrderId(string Value)
{
    public override string ToString() => Value;
}
