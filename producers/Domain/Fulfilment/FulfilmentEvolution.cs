using System.Diagnostics;
using Streaming.Contracts.Fulfilment;

namespace Streaming.Domain.Fulfilment;

/// <summary>The state of fulfilment after an event.</summary>
internal static class FulfilmentEvolution
{
    public static FulfilmentState Evolve(FulfilmentState state, FulfilmentEvent happened) => happened switch
    {
        FulfilmentStarted e => Enter(FulfilmentPhase.Reserving, e.Deadline, e, state with
        {
            CustomerId = e.CustomerId,
            AccountId = e.AccountId,
            Order = new(e.Revision, new Lines(e.Lines), new(e.Total, e.Currency)),
            Attempt = e.Attempt,
        }),
        FulfilmentRestarted e => Enter(FulfilmentPhase.Reserving, e.Deadline, e, state with
        {
            Order = new(e.Revision, new Lines(e.Lines), new(e.Total, e.Currency)),
            Newer = null,
            Attempt = e.Attempt,
            Rollback = null,
        }),
        LineReserved { Remaining: 0 } e => Enter(FulfilmentPhase.Holding, e.Deadline, e, state),
        LineReserved e => state with { Open = state.Open.Done(FulfilmentSteps.Of(FulfilmentSteps.Reserve, e.Sku)) },
        PaymentHeld => state with { Open = OpenSteps.None },
        RiskCheckRequested e => Enter(FulfilmentPhase.CheckingRisk, e.Deadline, e, state),
        RiskApproved e => Enter(FulfilmentPhase.Accepting, e.Deadline, e, state),
        AcceptanceOutdated e => Enter(FulfilmentPhase.AwaitingChange, e.Deadline, e, state),
        FulfilmentAccepted e => Enter(FulfilmentPhase.Capturing, e.Deadline, e, state),
        PaymentCaptured e => Enter(FulfilmentPhase.Shipping, e.Deadline, e, state),
        LineShipped e => state with
        {
            Open = state.Open.Done(FulfilmentSteps.Of(FulfilmentSteps.Ship, e.Sku)),
            Shipped = state.Shipped.Add(new(e.Sku, e.Quantity)),
        },
        FulfilmentCompleted e => Enter(FulfilmentPhase.Completed, deadline: null, e, state),

        FulfilmentChanged e => state with { Newer = new(e.Revision, new Lines(e.Lines), new(e.Total, e.Currency)) },
        FulfilmentCancelled e when state.Phase == FulfilmentPhase.RollingBack => state with { Rollback = new(e.Code, e.Reason, e.Then) },
        FulfilmentCancelled => state,
        RollbackStarted e => TurnBack(state, e),
        StepUndone e => state with { Open = state.Open.Done(e.Step) },
        RequestRefused e => Refuse(e, state),
        RefundGivenUp => state with { Open = state.Open.Done(FulfilmentSteps.Refund), RefundRefusedBy = null },
        OrderRejectionRequested e => Enter(FulfilmentPhase.Rejecting, e.Deadline, e, state),
        OrderRevocationRequested e => Enter(FulfilmentPhase.Revoking, e.Deadline, e, state),
        FulfilmentRolledBack e => Enter(FulfilmentPhase.RolledBack, deadline: null, e, state),

        FulfilmentStuck => state with { IsStuck = true, Deadline = null },
        FulfilmentResumed e => Ask(e, state with { Attempt = e.Attempt, IsStuck = false, Deadline = e.Deadline, RefundRefusedBy = null }),
        _ => throw new UnreachableException($"No evolution for {happened.GetType().Name}; add it above."),
    };

    // A phase begins with what its event asks for, and nothing else: answers to older requests are of no interest any more.
    private static FulfilmentState Enter(FulfilmentPhase phase, DateTimeOffset? deadline, FulfilmentEvent happened, FulfilmentState state) =>
        Ask(happened, state with { Phase = phase, Open = OpenSteps.None, Deadline = deadline, IsStuck = false, RefundRefusedBy = null });

    // Except for shipments: whether they left the shelf must be known, to name them when everything else is undone.
    private static FulfilmentState TurnBack(FulfilmentState state, RollbackStarted e) => Ask(e, state with
    {
        Phase = FulfilmentPhase.RollingBack,
        Open = state.Open.Where(step => FulfilmentSteps.KindOf(step) == FulfilmentSteps.Ship && step != e.Step),
        Rollback = new(e.Code, e.Reason, e.Then),
        Deadline = e.Deadline,
        IsStuck = false,
    });

    // The last word counts: while another request of the step is not answered, that one may have done it.
    private static FulfilmentState Refuse(RequestRefused e, FulfilmentState state) => state with
    {
        RefundRefusedBy = Settled.IsRefundRefusedForGood(FulfilmentSteps.KindOf(e.Step), e.Code) && !state.Open.HasOtherThan(e.Request)
            ? e.Code
            : state.RefundRefusedBy,
        Open = state.Open.Answered(e.Request),
    };

    private static FulfilmentState Ask(FulfilmentEvent happened, FulfilmentState state) => state with
    {
        Open = FulfilmentSteps.AskedBy(happened, state)
            .Aggregate(state.Open, (open, step) => open.Ask(FulfilmentSteps.RequestOf(state.Attempt, step))),
    };
}
