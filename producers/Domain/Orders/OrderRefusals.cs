using System.Diagnostics;
using Streaming.Contracts;

namespace Streaming.Domain.Orders;

/// <summary>What orders say when a rule about the order is broken. The codes are part of the API.</summary>
internal static class OrderRefusals
{
    public static Refusal UnknownOrder(OrderId id) => new(
        "unknown-order", $"{id} is not placed: place the order first, or check its id.");

    public static Refusal AlreadyPlaced(OrderId id, Order order) => new(
        "already-placed", $"{id} is placed, by customer {order.CustomerId}: an order is placed once; change its lines, or place another one.");

    /// <summary>It is too late for what only an order in <see cref="OrderStatus.Placed"/> allows.</summary>
    public static Refusal TooLate(OrderId id, Order order) => order.Status switch
    {
        OrderStatus.Accepted => new("order-accepted", $"{id} is accepted: from then on it is fulfilled, or revoked where that fails."),
        OrderStatus.Rejected => new("order-rejected", $"{id} is rejected, which is final: place another order."),
        OrderStatus.Cancelled => new("order-cancelled", $"{id} is cancelled, which is final: place another order."),
        OrderStatus.Revoked => new("order-revoked", $"{id} is revoked, which is final: place another order."),
        _ => throw new UnreachableException($"It is not too late for an order that is {order.Status}."),
    };

    public static Refusal OrderChanged(OrderId id, int revision, Order order) => new(
        "order-changed", $"{id} is in revision {order.Revision}, not {revision}: check that one, and accept it.");

    public static Refusal TooManyChanges(OrderId id) => new(
        "too-many-changes", $"{id} was changed {int.MaxValue} times, the most there can be: cancel it, and place another order.");

    public static Refusal NotAccepted(OrderId id) => new(
        "order-not-accepted", $"{id} is placed, and not accepted: reject or cancel it instead.");
}
