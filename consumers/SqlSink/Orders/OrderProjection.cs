using System.Diagnostics;
using Streaming.Contracts.Orders;
using Streaming.Sinks.Events;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Orders;

/// <summary>(row before, event) → row after. Pure: each event carries the whole order.</summary>
internal static class OrderProjection
{
    /// <param name="before">Null for an order's first event.</param>
    public static OrderRow Project(OrderRow? before, RecordedEvent recorded)
    {
        var happened = Happened.In<OrderEvent>(recorded, order => order.OrderId.Value);
        var row = happened switch
        {
            OrderPlaced e => new("Placed", e.CustomerId.Value, e.AccountId.Value, e.Currency.Value, e.Total, e.Revision, Lines(e.Lines),
                e.Channel, Code: null, e.Reason, e.Reference, e.OccurredAt, ClosedAt: null),
            OrderLinesChanged e => Known(before, recorded) with { Total = e.Total, Revision = e.Revision, Lines = Lines(e.Lines), Reason = e.Reason, Reference = e.Reference },
            OrderAccepted e => Known(before, recorded) with { Status = "Accepted", Reason = e.Reason },
            OrderRejected e => Known(before, recorded) with { Status = "Rejected", Code = e.Code, Reason = e.Reason, ClosedAt = e.OccurredAt },
            OrderCancelled e => Known(before, recorded) with { Status = "Cancelled", Reason = e.Reason, Reference = e.Reference, ClosedAt = e.OccurredAt },
            OrderRevoked e => Known(before, recorded) with { Status = "Revoked", Code = e.Cause, Reason = e.Reason, ClosedAt = e.OccurredAt },
            _ => throw new UnreachableException($"No row for {happened.GetType().Name}; add it above."),
        };
        return row;
    }

    private static OrderRow Known(OrderRow? before, RecordedEvent recorded) => before
        ?? throw new PoisonEventException(recorded.Offset, $"{recorded.AggregateId} begins with a {recorded.WriterSchema.FullName}: its placing is not in the log.");

    private static JsonList<OrderRowLine> Lines(IReadOnlyList<OrderLine> lines) =>
        new([.. lines.Select(line => new OrderRowLine(line.Sku.Value, line.Quantity, line.UnitPrice))]);
}
