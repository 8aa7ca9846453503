namespace Streaming.Contracts.__Context__;

/// <summary>The id of the aggregate in __context__, the __words__.</summary>
public readonly record struct __Aggregate__Id(string Value)
{
    public override string ToString() => Value;
}
