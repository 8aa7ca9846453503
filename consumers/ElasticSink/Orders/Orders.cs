using System.Diagnostics;
using Streaming.Contracts.Orders;
using Streaming.ElasticSink.Documents;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Orders;

/// <summary>An order: the index <c>orders</c>. How far it is fulfilled is a document of its own, because it is an aggregate of its own.</summary>
internal sealed record OrderDocument(
    string OrderId, string Status, string CustomerId, string AccountId, string Currency, decimal Total, int Revision, IReadOnlyList<OrderDocumentLine> Lines,
    string? Code, string? Reason, DateTimeOffset PlacedAt, DateTimeOffset? ClosedAt) : DerivedDocument;

internal sealed record OrderDocumentLine(string Sku, int Quantity, decimal UnitPrice);

internal static class OrderModel
{
    public static readonly ReadModel<OrderDocument> Model = new("orders", 1, ["orderId"], """
        "orderId":{"type":"keyword"},"status":{"type":"keyword"},"customerId":{"type":"keyword"},"accountId":{"type":"keyword"},"currency":{"type":"keyword"},
        "total":{"type":"double"},"revision":{"type":"integer"},
        "lines":{"properties":{"sku":{"type":"keyword"},"quantity":{"type":"integer"},"unitPrice":{"type":"double"}}},
        "code":{"type":"keyword","ignore_above":256},"reason":{"type":"text"},"placedAt":{"type":"date"},"closedAt":{"type":"date"}
        """, Project, ElasticJson.Default.OrderDocument);

    public static OrderDocument Project(OrderDocument? before, RecordedEvent recorded)
    {
        var happened = Happened.In<OrderEvent>(recorded, order => order.OrderId.Value);
        if (happened is OrderPlaced placed)
        {
            return new(recorded.AggregateId, "Placed", placed.CustomerId.Value, placed.AccountId.Value, placed.Currency.Value, placed.Total, placed.Revision,
                Lines(placed.Lines), Code: null, placed.Reason, placed.OccurredAt, ClosedAt: null);
        }

        var order = before ?? throw Happened.HasNoBeginning(recorded);
        return happened switch
        {
            OrderLinesChanged e => order with { Total = e.Total, Revision = e.Revision, Lines = Lines(e.Lines), Reason = e.Reason },
            OrderAccepted e => order with { Status = "Accepted", Reason = e.Reason },
            OrderRejected e => order with { Status = "Rejected", Code = e.Code, Reason = e.Reason, ClosedAt = e.OccurredAt },
            OrderCancelled e => order with { Status = "Cancelled", Reason = e.Reason, ClosedAt = e.OccurredAt },
            OrderRevoked e => order with { Status = "Revoked", Code = e.Cause, Reason = e.Reason, ClosedAt = e.OccurredAt },
            _ => throw new UnreachableException($"No order for {happened.GetType().Name}; add it above."),
        };
    }

    private static List<OrderDocumentLine> Lines(IReadOnlyList<OrderLine> lines) => [.. lines.Select(line => new OrderDocumentLine(line.Sku.Value, line.Quantity, line.UnitPrice))];
}
