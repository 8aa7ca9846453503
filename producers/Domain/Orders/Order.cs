using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Orders;

namespace Streaming.Domain.Orders;

/// <summary>How far an order has come.</summary>
public enum OrderStatus
{
    Unknown,
    Placed,
    Accepted,
    Rejected,
    Cancelled,
    Revoked,
}

/// <summary>What orders need to know of one order to decide about it. Compares by content.</summary>
/// <param name="Status">How far it has come; <see cref="OrderStatus.Unknown"/> while nobody has placed it.</param>
/// <param name="CustomerId">Who orders.</param>
/// <param name="AccountId">The account that pays.</param>
/// <param name="Lines">What is ordered, one line per SKU.</param>
/// <param name="Total">Sum over the lines of quantity times unit price.</param>
/// <param name="Revision">Which version of the lines this is, from 1.</param>
public sealed record Order(
    OrderStatus Status, CustomerId CustomerId, AccountId AccountId, IReadOnlyList<OrderLine> Lines, Money Total, int Revision)
{
    /// <summary>An order that nobody has placed.</summary>
    public static readonly Order Unknown = new(OrderStatus.Unknown, default, default, [], default, Revision: 0);

    public Currency Currency => Total.Currency;

    /// <summary>Nothing happens to the order any more. An accepted one may still be revoked.</summary>
    public bool IsClosed => Status is OrderStatus.Rejected or OrderStatus.Cancelled or OrderStatus.Revoked;

    public bool Equals(Order? other) =>
        other is not null
        && (Status, CustomerId, AccountId, Total, Revision) == (other.Status, other.CustomerId, other.AccountId, other.Total, other.Revision)
        && AvroEquality.Equal(Lines, other.Lines);

    public override int GetHashCode() => HashCode.Combine(Status, CustomerId, AccountId, Total, Revision, Lines.Count);
}
