using Streaming.Commands;
using Streaming.Contracts;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;
using Streaming.Domain.Orders;

namespace Streaming.Contexts.Orders;

/// <summary>Orders, as the command processor and the operator's tools need to know them.</summary>
public static class OrdersContext
{
    public static CommandContext<OrderCommand, OrderEvent, Order> Definition { get; } = new()
    {
        Topics = TopicCatalogue.Orders,
        Records = RecordsOf.Context<OrderCommand, OrderEvent>(AvroRecords.All),
        Decider = OrdersDecider.Instance,
        Snapshots = OrderStates.Format,
        IsClosed = order => order.IsClosed,
        AggregateId = command => command.OrderId.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };
}
