using Streaming.Contracts.Fulfilment;
using Streaming.ElasticSink.Documents;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Fulfilment;

/// <summary>How far an order is fulfilled: the index <c>fulfilments</c>, under the order's id.</summary>
/// <param name="Steps">What happened, in its order; the name of each event, and when.</param>
internal sealed record FulfilmentDocument(
    string OrderId, string Status, string CustomerId, string? Code, string? Reason, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<FulfilmentDocumentStep> Steps)
    : DerivedDocument;

internal sealed record FulfilmentDocumentStep(string Name, string? Sku, DateTimeOffset At);

internal static class FulfilmentModel
{
    // A fulfilment that is retried for ever must not make a document that nobody can store.
    private const int StepsMax = 200;

    public static readonly ReadModel<FulfilmentDocument> Model = new("fulfilments", 1, ["orderId"], """
        "orderId":{"type":"keyword"},"status":{"type":"keyword"},"customerId":{"type":"keyword"},"code":{"type":"keyword","ignore_above":256},"reason":{"type":"text"},
        "startedAt":{"type":"date"},"endedAt":{"type":"date"},"steps":{"properties":{"name":{"type":"keyword"},"sku":{"type":"keyword"},"at":{"type":"date"}}}
        """, Project, ElasticJson.Default.FulfilmentDocument);

    public static FulfilmentDocument Project(FulfilmentDocument? before, RecordedEvent recorded)
    {
        var happened = Happened.In<FulfilmentEvent>(recorded, fulfilment => fulfilment.OrderId.Value);
        var document = happened is FulfilmentStarted started
            ? new(recorded.AggregateId, "Reserving", started.CustomerId.Value, Code: null, Reason: null, started.OccurredAt, EndedAt: null, [])
            : before ?? throw Happened.HasNoBeginning(recorded);
        var step = new FulfilmentDocumentStep(happened.GetType().Name, happened switch { LineReserved e => e.Sku.Value, LineShipped e => e.Sku.Value, _ => null }, happened.OccurredAt);
        return Enter(document, happened) with { Steps = [.. document.Steps.TakeLast(StepsMax - 1), step] };
    }

    private static FulfilmentDocument Enter(FulfilmentDocument document, FulfilmentEvent happened) => happened switch
    {
        FulfilmentRestarted => document with { Status = "Reserving", Code = null, Reason = null, EndedAt = null },
        LineReserved { Remaining: 0 } => document with { Status = "Holding" },
        RiskCheckRequested => document with { Status = "CheckingRisk" },
        RiskApproved => document with { Status = "Accepting" },
        AcceptanceOutdated => document with { Status = "AwaitingChange" },
        FulfilmentAccepted => document with { Status = "Capturing" },
        PaymentCaptured => document with { Status = "Shipping" },
        FulfilmentCompleted => document with { Status = "Completed", EndedAt = happened.OccurredAt },
        RollbackStarted e => document with { Status = "RollingBack", Code = e.Code, Reason = e.Reason },
        OrderRejectionRequested => document with { Status = "Rejecting" },
        OrderRevocationRequested => document with { Status = "Revoking" },
        FulfilmentRolledBack e => document with { Status = "RolledBack", Code = e.Code, Reason = e.Reason, EndedAt = e.OccurredAt },
        _ => document,   // A step within the status.
    };
}
