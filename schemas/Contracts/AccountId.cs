namespace Streaming.Contracts;

/// <summary>An account: the id of the accounts aggregate, and what orders are paid from.</summary>
public readonly record struct AccountId(string Value)
{
    public override string ToString() => Value;
}
