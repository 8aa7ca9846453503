using System.Collections;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Fulfilment;

/// <summary>Products with their units, one line per product. Compares by content.</summary>
public sealed class Lines(IReadOnlyList<FulfilmentLine> lines) : IReadOnlyList<FulfilmentLine>, IEquatable<Lines>
{
    public static readonly Lines None = new([]);

    public int Count => lines.Count;

    public FulfilmentLine this[int index] => lines[index];

    /// <summary>Units of this product; 0 when there is no line of it.</summary>
    public int QuantityOf(Sku sku) => lines.FirstOrDefault(line => line.Sku == sku)?.Quantity ?? 0;

    public bool Has(Sku sku) => QuantityOf(sku) > 0;

    /// <summary>The same with one more.</summary>
    public Lines Add(FulfilmentLine line) => new([.. lines, line]);

    public IEnumerator<FulfilmentLine> GetEnumerator() => lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(Lines? other) => ReferenceEquals(this, other) || (other is not null && this.SequenceEqual(other));

    public override bool Equals(object? obj) => Equals(obj as Lines);

    public override int GetHashCode() => lines.Aggregate(Count, HashCode.Combine);
}
