using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Orders;

namespace Streaming.Domain.Fulfilment;

/// <summary>What fulfilment makes of the events of other contexts. For the router, which turns them into commands.</summary>
public static class FulfilmentRoute
{
    /// <summary>What an event of orders asks of fulfilment; null when it asks nothing.</summary>
    public static FulfilmentCommand? From(OrderEvent happened) => happened switch
    {
        OrderPlaced e => new StartFulfilment(
            e.OrderId, e.CustomerId, e.AccountId, e.Currency, Lines(e.Lines), e.Total, e.Revision, OccurredAt: null),
        OrderLinesChanged e => new ChangeFulfilment(e.OrderId, Lines(e.Lines), e.Total, e.Revision, OccurredAt: null),
        OrderCancelled e => new CancelFulfilment(e.OrderId, CancelledBy.customer, e.Reason, OccurredAt: null),
        // The others are fulfilment's own doing.
        _ => null,
    };

    private static FulfilmentLine[] Lines(IEnumerable<OrderLine> lines) => [.. lines.Select(line => new FulfilmentLine(line.Sku, line.Quantity))];
}
