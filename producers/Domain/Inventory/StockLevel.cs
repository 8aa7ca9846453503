namespace Streaming.Domain.Inventory;

/// <summary>What inventory needs to know of one product to decide about it.</summary>
/// <remarks>Always 0 ≤ <see cref="Reserved"/> ≤ <see cref="OnHand"/>, and <see cref="Reserved"/> is the sum of <see cref="Reservations"/>.</remarks>
/// <param name="Name">What people call the product; null while nobody has registered it.</param>
/// <param name="OnHand">Units on the shelf.</param>
/// <param name="Reserved">Units of <paramref name="OnHand"/> that are set aside for orders.</param>
/// <param name="Reservations">Which order has how many of the reserved units.</param>
public sealed record StockLevel(string? Name, int OnHand, int Reserved, Reservations Reservations)
{
    /// <summary>A product that nobody has registered.</summary>
    public static readonly StockLevel Unknown = new(Name: null, OnHand: 0, Reserved: 0, Reservations.None);

    public bool IsRegistered => Name is not null;

    /// <summary>Nothing happens to the product any more: it was discontinued.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Units that may still be sold or reserved.</summary>
    public int Available => OnHand - Reserved;
}
