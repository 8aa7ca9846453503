using System.Collections.Immutable;
using Streaming.Contracts;

namespace Streaming.Domain.Inventory;

/// <summary>Units set aside, per order. Compares by content; an order without units is not in it.</summary>
public sealed class Reservations : IEquatable<Reservations>
{
    public static readonly Reservations None = new(ImmutableDictionary<OrderId, int>.Empty);

    private readonly ImmutableDictionary<OrderId, int> _unitsByOrder;

    private Reservations(ImmutableDictionary<OrderId, int> unitsByOrder) => _unitsByOrder = unitsByOrder;

    /// <summary>Orders with units set aside, in no particular order.</summary>
    public IReadOnlyDictionary<OrderId, int> ByOrder => _unitsByOrder;

    /// <summary>Units set aside for this order; 0 when it has none.</summary>
    public int Of(OrderId order) => _unitsByOrder.GetValueOrDefault(order);

    /// <summary>The same with <paramref name="units"/> more for this order, or fewer when negative.</summary>
    public Reservations Add(OrderId order, int units)
    {
        var left = Of(order) + units;
        return new(left == 0 ? _unitsByOrder.Remove(order) : _unitsByOrder.SetItem(order, left));
    }

    public bool Equals(Reservations? other) => other is not null && Content.Equals(_unitsByOrder, other._unitsByOrder);

    public override bool Equals(object? obj) => Equals(obj as Reservations);

    public override int GetHashCode() => Content.GetHashCode(_unitsByOrder);
}
