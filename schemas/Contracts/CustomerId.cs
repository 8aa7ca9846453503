namespace Streaming.Contracts;

/// <summary>Who orders. An id only: what is known about the person is none of the events' business.</summary>
public readonly record struct CustomerId(string Value)
{
    public override string ToString() => Value;
}
