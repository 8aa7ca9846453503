using System.Collections.Immutable;
using Streaming.Contracts;

namespace Streaming.Domain.Accounts;

/// <summary>Money set aside, per order, in the account's currency. Compares by content; an order may hold nothing and be in it.</summary>
public sealed class Holds : IEquatable<Holds>
{
    public static readonly Holds None = new(ImmutableDictionary<OrderId, decimal>.Empty);

    private readonly ImmutableDictionary<OrderId, decimal> _amountsByOrder;

    private Holds(ImmutableDictionary<OrderId, decimal> amountsByOrder) => _amountsByOrder = amountsByOrder;

    /// <summary>Orders with a hold, in no particular order.</summary>
    public IReadOnlyDictionary<OrderId, decimal> ByOrder => _amountsByOrder;

    public int Count => _amountsByOrder.Count;

    /// <summary>What is held for this order; null when it has no hold.</summary>
    public decimal? Of(OrderId order) => _amountsByOrder.TryGetValue(order, out var amount) ? amount : null;

    public Holds Add(OrderId order, decimal amount) => new(_amountsByOrder.SetItem(order, amount));

    public Holds Remove(OrderId order) => new(_amountsByOrder.Remove(order));

    public bool Equals(Holds? other) => other is not null && Content.Equals(_amountsByOrder, other._amountsByOrder);

    public override bool Equals(object? obj) => Equals(obj as Holds);

    public override int GetHashCode() => Content.GetHashCode(_amountsByOrder);
}
