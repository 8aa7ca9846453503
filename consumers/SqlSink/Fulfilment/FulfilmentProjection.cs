using System.Diagnostics;
using Streaming.Contracts.Fulfilment;
using Streaming.Sinks.Events;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Fulfilment;

/// <summary>(row before, event) → row after. Pure.</summary>
internal static class FulfilmentProjection
{
    /// <param name="before">Null for the first event.</param>
    public static FulfilmentRow Project(FulfilmentRow? before, RecordedEvent recorded)
    {
        var happened = Happened.In<FulfilmentEvent>(recorded, fulfilment => fulfilment.OrderId.Value);
        if (happened is FulfilmentStarted started)
            return Begin(started);
        var row = before
            ?? throw new PoisonEventException(recorded.Offset, $"{recorded.AggregateId} begins with a {recorded.WriterSchema.FullName}: its start is not in the log.");
        return happened switch
        {
            FulfilmentRestarted e => Enter(row, "Reserving", "restarted", e.Deadline) with
            {
                Attempt = e.Attempt, Revision = e.Revision, Currency = e.Currency.Value, Total = e.Total, Lines = Lines(e.Lines), Code = null, Reason = null,
            },
            LineReserved { Remaining: 0 } e => Enter(row, "Holding", $"reserve/{e.Sku}", e.Deadline),
            LineReserved e => row with { Step = $"reserve/{e.Sku}" },
            PaymentHeld => row with { Step = "hold" },
            RiskCheckRequested e => Enter(row, "CheckingRisk", "risk-check-requested", e.Deadline),
            RiskApproved e => Enter(row, "Accepting", "risk", e.Deadline),
            AcceptanceOutdated e => Enter(row, "AwaitingChange", "acceptance-outdated", e.Deadline),
            FulfilmentAccepted e => Enter(row, "Capturing", "accept", e.Deadline),
            PaymentCaptured e => Enter(row, "Shipping", "capture", e.Deadline),
            LineShipped e => row with { Step = $"ship/{e.Sku}", Shipped = new([.. row.Shipped.Items, new(e.Sku.Value, e.Quantity)]) },
            FulfilmentCompleted e => Enter(row, "Completed", "completed", deadline: null) with { EndedAt = e.OccurredAt },
            FulfilmentChanged => row with { Step = "changed" },
            FulfilmentCancelled e when row.Phase == "RollingBack" => row with { Step = "cancelled", Code = e.Code, Reason = e.Reason },
            FulfilmentCancelled => row with { Step = "cancelled" },
            RollbackStarted e => Enter(row, "RollingBack", "rollback-started", e.Deadline) with { Code = e.Code, Reason = e.Reason },
            StepUndone e => row with { Step = e.Step },
            RequestRefused => row with { Step = "request-refused" },
            RefundGivenUp => row with { Step = "refund-given-up" },
            OrderRejectionRequested e => Enter(row, "Rejecting", "rejection-requested", e.Deadline),
            OrderRevocationRequested e => Enter(row, "Revoking", "revocation-requested", e.Deadline),
            FulfilmentRolledBack e => Enter(row, "RolledBack", "rolled-back", deadline: null) with { Code = e.Code, Reason = e.Reason, EndedAt = e.OccurredAt },
            FulfilmentStuck => row with { Step = "stuck", IsStuck = true, Deadline = null },
            FulfilmentResumed e => row with { Step = "resumed", Attempt = e.Attempt, IsStuck = false, Deadline = e.Deadline },
            _ => throw new UnreachableException($"No row for {happened.GetType().Name}; add it above."),
        };
    }

    private static FulfilmentRow Begin(FulfilmentStarted e) => new(
        "Reserving", "started", e.Attempt, e.Revision, e.CustomerId.Value, e.AccountId.Value, e.Currency.Value, e.Total, Lines(e.Lines), new([]),
        IsStuck: false, Code: null, Reason: null, e.Deadline, e.OccurredAt, EndedAt: null);

    private static FulfilmentRow Enter(FulfilmentRow row, string phase, string step, DateTimeOffset? deadline) =>
        row with { Phase = phase, Step = step, Deadline = deadline, IsStuck = false };

    private static JsonList<FulfilmentRowLine> Lines(IReadOnlyList<FulfilmentLine> lines) =>
        new([.. lines.Select(line => new FulfilmentRowLine(line.Sku.Value, line.Quantity))]);
}
