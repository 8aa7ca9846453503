using System.Diagnostics;
using Streaming.Contracts.Fulfilment;

namespace Streaming.Domain.Fulfilment;

/// <summary>The rules of fulfilment; an aggregate is what was done for one order.</summary>
/// <remarks>
/// Until the order is accepted, any refusal, error, timeout or cancellation leads back: exactly what was done, or may have been done, is
/// undone. From then on it goes forward, and back only when a capture or shipment is refused, or an operator wants it. A request without
/// an answer is in doubt, so what it may have done is undone too; see <see cref="Settled"/> for why that leaks nothing.
/// Answers and timers may come twice, late, and in any order: those that are of no interest any more change nothing.
/// </remarks>
public static class FulfilmentDecider
{
    public static Decider<FulfilmentCommand, FulfilmentEvent, FulfilmentState> With(FulfilmentTimeouts timeouts) =>
        new(FulfilmentState.Unknown, (command, state) => Decide(command, state, timeouts), FulfilmentEvolution.Evolve);

    private static Decision<FulfilmentEvent> Decide(FulfilmentCommand command, FulfilmentState state, FulfilmentTimeouts timeouts)
    {
        var occurredAt = command.OccurredAt
            ?? throw new ArgumentException("A command has no business time: stamp it before it is decided.", nameof(command));
        if (FulfilmentLimits.Check(command) is { } wrong)
            return wrong;
        var course = new Course(command.OrderId, state, occurredAt, timeouts);
        var decision = Respond(command, state, course);
        return decision.Events.Count == 0 ? decision : course.Complete(decision.Events);
    }

    private static Decision<FulfilmentEvent> Respond(FulfilmentCommand command, FulfilmentState state, Course course) => command switch
    {
        StartFulfilment c when state.Phase == FulfilmentPhase.Unknown => course.Start(c),
        _ when state.Phase == FulfilmentPhase.Unknown => FulfilmentRefusals.UnknownFulfilment(command.OrderId),
        StartFulfilment => Nothing,

        RecordAnswer c when !state.Open.IsAwaited(c.Request) => Nothing,
        RecordAnswer { IsAccepted: true } c => Answers.Accepted(c.Request, course),
        RecordAnswer c => Answers.Refused(c.Request, c.Code ?? "refused", FulfilmentLimits.Bounded(c.Reason ?? "No reason was given."), course),

        RecordRiskVerdict c when state.Phase == FulfilmentPhase.CheckingRisk && c.CheckId == FulfilmentSteps.CheckOf(c.OrderId, state.Attempt) =>
            Judge(c, course),
        RecordRiskVerdict => Nothing,

        TimerDue c when c.Deadline != state.Deadline => Nothing,
        TimerDue when state.IsBeforeAcceptance => course.TurnBack("timeout", course.Unanswered(), RollbackThen.reject),
        TimerDue => course.Stuck("timeout", course.Unanswered()),

        ChangeFulfilment c => Change(c, state, course),
        CancelFulfilment { By: CancelledBy.customer } c => CancelByCustomer(c, state, course),
        CancelFulfilment c => CancelByOperator(c, state, course),

        ResumeFulfilment c when state.IsClosed => FulfilmentRefusals.FulfilmentClosed(c.OrderId, state),
        ResumeFulfilment c when !state.IsStuck => FulfilmentRefusals.NotStuck(c.OrderId, state),
        ResumeFulfilment c => course.Resume(c.Reason),

        GiveUpRefund c when state.IsClosed => FulfilmentRefusals.FulfilmentClosed(c.OrderId, state),
        GiveUpRefund c when !state.Open.Has(FulfilmentSteps.Refund) => FulfilmentRefusals.NoRefund(c.OrderId),
        GiveUpRefund c => state.RefundRefusedBy is { } code ? course.GiveUpRefund(c, code) : FulfilmentRefusals.RefundPossible(c.OrderId, state),

        _ => throw new UnreachableException($"No decision for {command.GetType().Name}; add it above."),
    };

    private static Decision<FulfilmentEvent> Judge(RecordRiskVerdict c, Course course) => c.Verdict switch
    {
        RiskVerdict.approved => course.Approve(c.Reason, c.Score),
        RiskVerdict.declined => course.TurnBack("risk-declined", c.Reason ?? "The risk check declined the order.", RollbackThen.reject),
        _ => course.TurnBack("risk-unavailable", c.Reason ?? "The risk check could not be made.", RollbackThen.reject),
    };

    // An order changes only before it is accepted; an order that is about to be rejected stays so.
    private static Decision<FulfilmentEvent> Change(ChangeFulfilment c, FulfilmentState state, Course course)
    {
        if (c.Revision <= (state.Newer ?? state.Order).Revision)
            return Nothing;
        if (state.IsBeforeAcceptance)
        {
            return course.TurnBack(
                "order-changed", $"The order is in revision {c.Revision} now.", RollbackThen.restart, because: course.Changed(c));
        }
        return state.Rollback is { Then: RollbackThen.restart } ? course.Changed(c) : Nothing;
    }

    // The order is closed already, so there is nothing to tell it; and it was not accepted, whatever may be known here.
    private static Decision<FulfilmentEvent> CancelByCustomer(CancelFulfilment c, FulfilmentState state, Course course)
    {
        var (code, reason) = ("cancelled-by-customer", c.Reason ?? "The customer cancelled the order.");
        if (state.IsBeforeAcceptance)
            return course.TurnBack(code, reason, RollbackThen.nothing, because: course.Cancelled(c.By, code, reason, RollbackThen.nothing));
        if (state.IsAfterAcceptance)
            return FulfilmentRefusals.OrderAccepted(c.OrderId);
        return state is { Phase: FulfilmentPhase.RollingBack, Rollback.Then: RollbackThen.reject or RollbackThen.restart }
            ? course.Cancelled(c.By, code, reason, RollbackThen.nothing)
            : Nothing;
    }

    private static Decision<FulfilmentEvent> CancelByOperator(CancelFulfilment c, FulfilmentState state, Course course)
    {
        var (code, reason) = ("cancelled-by-operator", c.Reason ?? "An operator cancelled fulfilment.");
        if (state.IsClosed)
            return FulfilmentRefusals.FulfilmentClosed(c.OrderId, state);
        var then = state.IsAfterAcceptance ? RollbackThen.revoke : RollbackThen.reject;
        if (state.IsBeforeAcceptance || state.IsAfterAcceptance)
            return course.TurnBack(code, reason, then, because: course.Cancelled(c.By, code, reason, then));
        return state is { Phase: FulfilmentPhase.RollingBack, Rollback.Then: RollbackThen.restart }
            ? course.Cancelled(c.By, code, reason, RollbackThen.reject)
            : Nothing;
    }

    private static Decision<FulfilmentEvent> Nothing => Array.Empty<FulfilmentEvent>();
}
