using Streaming.Commands;
using Streaming.Commands.Routing;
using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;
using Streaming.Domain.Fulfilment;

namespace Streaming.Contexts.Fulfilment;

/// <summary>Fulfilment, as the command processor, its router and the operator's tools need to know it.</summary>
public static class FulfilmentContext
{
    public static CommandContext<FulfilmentCommand, FulfilmentEvent, FulfilmentState> Definition { get; } = With(FulfilmentTimeouts.Default);

    /// <summary>What the router tells it besides the answers to its requests: what callers did to their orders.</summary>
    public static EventRoute<FulfilmentCommand> FromOrders { get; } =
        new(TopicCatalogue.Orders, happened => happened is OrderEvent order ? FulfilmentRoute.From(order) : null);

    /// <summary>The same with other patience. Deadlines stand in the events, so that folding them needs none.</summary>
    public static CommandContext<FulfilmentCommand, FulfilmentEvent, FulfilmentState> With(FulfilmentTimeouts timeouts) => new()
    {
        Topics = TopicCatalogue.Fulfilment,
        Records = RecordsOf.Context<FulfilmentCommand, FulfilmentEvent>(AvroRecords.All),
        Decider = FulfilmentDecider.With(timeouts),
        Process = FulfilmentProcess.Instance,
        Snapshots = FulfilmentStates.Format,
        Asks = [TopicCatalogue.Inventory, TopicCatalogue.Accounts, TopicCatalogue.Orders],
        AggregateId = command => command.OrderId.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };
}
