using System.Diagnostics;
using Streaming.Contracts.Orders;

namespace Streaming.Domain.Orders;

/// <summary>The rules of orders; an aggregate is one order.</summary>
/// <remarks>
/// Until it is accepted, an order may change, be cancelled by its customer, or be rejected. Accepted is only the revision that was checked:
/// whoever checked another one has promised nothing.
/// </remarks>
public static class OrdersDecider
{
    public static readonly Decider<OrderCommand, OrderEvent, Order> Instance = new(Order.Unknown, Decide, Evolve);

    /// <summary>What follows from a command. <see cref="OrderCommand.OccurredAt"/> must be set: there is no clock in here.</summary>
    public static Decision<OrderEvent> Decide(OrderCommand command, Order order)
    {
        var occurredAt = command.OccurredAt
            ?? throw new ArgumentException("A command has no business time: stamp it before it is decided.", nameof(command));
        if (OrderLimits.Check(command) is { } wrong)
            return wrong;
        var (status, customer, account, lines, total, revision) = order;
        var currency = order.Currency;
        return command switch
        {
            PlaceOrder c when status != OrderStatus.Unknown => OrderRefusals.AlreadyPlaced(c.OrderId, order),
            PlaceOrder c => new OrderPlaced(
                c.OrderId, c.CustomerId, c.AccountId, c.Currency, c.Lines, OrderLimits.TryTotal(c.Lines)!.Value, Revision: 1,
                c.Reason, c.Reference, occurredAt, c.Channel),
            _ when status == OrderStatus.Unknown => OrderRefusals.UnknownOrder(command.OrderId),

            RevokeOrder c when status == OrderStatus.Accepted => new OrderRevoked(
                c.OrderId, c.Code, customer, account, currency, lines, total.Amount, revision, c.Reason, occurredAt),
            RevokeOrder c when status == OrderStatus.Placed => OrderRefusals.NotAccepted(c.OrderId),

            // Before "accepted already": who asks for another revision must learn that it is another one.
            AcceptOrder c when !order.IsClosed && c.Revision != revision => OrderRefusals.OrderChanged(c.OrderId, c.Revision, order),
            _ when status != OrderStatus.Placed => OrderRefusals.TooLate(command.OrderId, order),

            ChangeOrderLines c => Change(c, order, occurredAt),
            AcceptOrder c => new OrderAccepted(
                c.OrderId, customer, account, currency, lines, total.Amount, revision, c.Reason, occurredAt),
            RejectOrder c => new OrderRejected(
                c.OrderId, c.Code, customer, account, currency, lines, total.Amount, revision, c.Reason, occurredAt),
            CancelOrder c => new OrderCancelled(
                c.OrderId, customer, account, currency, lines, total.Amount, revision, c.Reason, c.Reference, occurredAt),

            _ => throw new UnreachableException($"No decision for {command.GetType().Name}; add it above."),
        };
    }

    /// <summary>The order after an event.</summary>
    public static Order Evolve(Order order, OrderEvent happened) => happened switch
    {
        OrderPlaced e => new(OrderStatus.Placed, e.CustomerId, e.AccountId, e.Lines, new(e.Total, e.Currency), e.Revision),
        OrderLinesChanged e => order with { Lines = e.Lines, Total = new(e.Total, e.Currency), Revision = e.Revision },
        OrderAccepted => order with { Status = OrderStatus.Accepted },
        OrderRejected => order with { Status = OrderStatus.Rejected },
        OrderCancelled => order with { Status = OrderStatus.Cancelled },
        OrderRevoked => order with { Status = OrderStatus.Revoked },
        _ => throw new UnreachableException($"No evolution for {happened.GetType().Name}; add it above."),
    };

    private static Decision<OrderEvent> Change(ChangeOrderLines c, Order order, DateTimeOffset occurredAt)
    {
        if (OrderLimits.Prices(c.Lines, order.Currency) is { } wrong)
            return wrong;
        if (order.Revision == int.MaxValue)
            return OrderRefusals.TooManyChanges(c.OrderId);
        var total = OrderLimits.TryTotal(c.Lines)!.Value;
        return new OrderLinesChanged(
            c.OrderId, order.CustomerId, order.AccountId, order.Currency, c.Lines, total, order.Revision + 1,
            total - order.Total.Amount, c.Reason, c.Reference, occurredAt);
    }
}
