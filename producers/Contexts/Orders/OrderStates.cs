using Streaming.Commands.Snapshots;
using Streaming.Contracts.Orders;
using Streaming.Domain;
using Streaming.Domain.Orders;

namespace Streaming.Contexts.Orders;

/// <summary>An order's state as a record, and back.</summary>
public static class OrderStates
{
    public static StateFormat<Order> Format { get; } = StateFormat<Order>.Of<OrderState>(Write, Read);

    private static OrderState Write(Order order) => new(
        order.Status.ToString(), order.CustomerId, order.AccountId, order.Currency, order.Lines, order.Total.Amount, order.Revision);

    private static Order Read(OrderState record) => Enum.TryParse<OrderStatus>(record.Status, out var status) && Enum.IsDefined(status)
        ? new(status, record.CustomerId, record.AccountId, record.Lines, new Money(record.Total, record.Currency), record.Revision)
        : throw new FormatException($"'{record.Status}' is no status of an order");
}
