using System.Diagnostics;
using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Fulfilment;

/// <summary>The events by which fulfilment of an order may go on from a state.</summary>
internal sealed class Course(OrderId id, FulfilmentState state, DateTimeOffset now, FulfilmentTimeouts timeouts)
{
    public FulfilmentState State => state;

    public FulfilmentEvent[] Start(StartFulfilment c) =>
    [
        new FulfilmentStarted(id, c.CustomerId, c.AccountId, c.Currency, c.Lines, c.Total, c.Revision, Attempt: 1, Until(timeouts.Step), now),
    ];

    public FulfilmentEvent[] Reserved(Sku sku)
    {
        var remaining = state.Open.Count - 1;
        // The deadline is for all lines together; the last one sets the next step's.
        var deadline = remaining > 0 && state.Deadline is { } set ? set : Until(timeouts.Step);
        return [new LineReserved(id, state.Attempt, sku, state.Order.Lines.QuantityOf(sku), remaining, deadline, now)];
    }

    public FulfilmentEvent[] Held() =>
    [
        new PaymentHeld(id, state.Attempt, state.AccountId, state.Order.Total.Amount, state.Order.Total.Currency, now),
        new RiskCheckRequested(
            id, state.Attempt, FulfilmentSteps.CheckOf(id, state.Attempt), state.CustomerId, state.AccountId,
            state.Order.Total.Amount, state.Order.Total.Currency, Until(timeouts.Risk), now),
    ];

    public FulfilmentEvent[] Approve(string? reason, int? score) =>
    [
        new RiskApproved(
            id, state.Attempt, FulfilmentSteps.CheckOf(id, state.Attempt), reason, state.Order.Revision, Until(timeouts.Step), now, score),
    ];

    public FulfilmentEvent[] Accepted() => [new FulfilmentAccepted(id, state.Attempt, state.Order.Revision, Until(timeouts.Step), now)];

    public FulfilmentEvent[] AwaitChange() => [new AcceptanceOutdated(id, state.Attempt, state.Order.Revision, Until(timeouts.Step), now)];

    public FulfilmentEvent[] Captured() =>
    [
        new PaymentCaptured(
            id, state.Attempt, state.AccountId, state.Order.Total.Amount, state.Order.Total.Currency, Until(timeouts.Step), now),
    ];

    public FulfilmentEvent[] Shipped(Sku sku)
    {
        var remaining = state.Order.Lines.Count - state.Shipped.Count - 1;
        var shipped = new LineShipped(id, state.Attempt, sku, state.Order.Lines.QuantityOf(sku), remaining, state.Deadline, now);
        return remaining > 0 || state.Phase != FulfilmentPhase.Shipping
            ? [shipped]
            : [shipped, new FulfilmentCompleted(id, state.Attempt, state.Order.Total.Amount, state.Order.Total.Currency, state.Order.Revision, now)];
    }

    public FulfilmentEvent[] Changed(ChangeFulfilment c) =>
        [new FulfilmentChanged(id, state.Attempt, c.Lines, c.Total, state.Order.Total.Currency, c.Revision, now)];

    public FulfilmentEvent[] Cancelled(CancelledBy by, string code, string reason, RollbackThen then) =>
        [new FulfilmentCancelled(id, state.Attempt, by, then, code, reason, now)];

    /// <param name="code">Which rule or event led to it.</param>
    /// <param name="reason">The same in words.</param>
    /// <param name="then">What follows when everything is undone.</param>
    /// <param name="refused">The step that was refused, which therefore did nothing; null when none was.</param>
    /// <param name="because">What happened just before; null when the answer or timer is all that happened.</param>
    public FulfilmentEvent[] TurnBack(string code, string reason, RollbackThen then, string? refused = null, FulfilmentEvent[]? because = null) =>
    [
        .. because ?? [],
        new RollbackStarted(id, state.Attempt, refused ?? FulfilmentSteps.At(state.Phase), code, reason, then, [.. Undoing.Steps(state, refused)], state.Shipped, Until(timeouts.Step), now),
    ];

    public FulfilmentEvent[] Undone(string request, bool hadEffect) =>
    [
        new StepUndone(
            id, state.Attempt, request, FulfilmentSteps.StepOf(request), hadEffect, Remaining: state.Open.Count - 1, state.Deadline, now),
    ];

    public FulfilmentEvent[] Refused(string request, string code, string reason) =>
        [new RequestRefused(id, state.Attempt, request, FulfilmentSteps.StepOf(request), code, reason, state.Deadline, now)];

    public FulfilmentEvent[] GiveUpRefund(GiveUpRefund c, string code) =>
    [
        new RefundGivenUp(
            id, state.Attempt, state.AccountId, state.Order.Total.Amount, state.Order.Total.Currency, code, c.DecidedBy, c.Reason,
            Remaining: state.Open.Count - 1, now),
    ];

    public FulfilmentEvent[] Reject() =>
        [new OrderRejectionRequested(id, state.Attempt, Why.Code, Why.Reason, Until(timeouts.Step), now)];

    public FulfilmentEvent[] Revoke() =>
        [new OrderRevocationRequested(id, state.Attempt, Why.Code, Why.Reason, Until(timeouts.Step), now)];

    public FulfilmentEvent[] RolledBack() => [new FulfilmentRolledBack(id, state.Attempt, Why.Code, Why.Reason, state.Shipped, now)];

    public FulfilmentEvent[] Stuck(string code, string reason) =>
        state.IsStuck ? [] : [new FulfilmentStuck(id, state.Attempt, code, FulfilmentLimits.Bounded(reason), [.. state.Open.Steps], now)];

    /// <summary>Asks again for all that is not done; except for shipments when everything is undone: those are only waited for.</summary>
    public FulfilmentEvent[] Resume(string? reason) =>
    [
        new FulfilmentResumed(
            id, state.Attempt + 1, reason,
            [.. state.Open.Steps.Where(step => state.Phase == FulfilmentPhase.Shipping || FulfilmentSteps.KindOf(step) != FulfilmentSteps.Ship)],
            Until(timeouts.Step), now),
    ];

    /// <summary>What a timer says of the steps that nobody has answered.</summary>
    public string Unanswered() => state.Open.Count switch
    {
        0 => $"{FulfilmentSteps.At(state.Phase)} was not answered in time.",
        1 => $"{state.Open.Steps.First()} was not answered in time.",
        _ => $"{state.Open.Steps.First()} and {state.Open.Count - 1} more were not answered in time.",
    };

    /// <summary>The same events, and those that follow at once because nothing is left to be undone.</summary>
    public FulfilmentEvent[] Complete(IReadOnlyList<FulfilmentEvent> events)
    {
        var after = events.Aggregate(state, FulfilmentEvolution.Evolve);
        return after is { Phase: FulfilmentPhase.RollingBack, Open.Count: 0 }
            ? [.. events, .. new Course(id, after, now, timeouts).AllUndone()]
            : [.. events];
    }

    private Rollback Why => state.Rollback ?? throw new UnreachableException($"{id} is not rolled back, and nothing ends it.");

    private FulfilmentEvent[] AllUndone() => Why.Then switch
    {
        RollbackThen.reject => Reject(),
        RollbackThen.revoke => Revoke(),
        RollbackThen.restart => Restart(state.Newer ?? throw new UnreachableException($"{id} starts again without a newer revision.")),
        _ => RolledBack(),
    };

    private FulfilmentEvent[] Restart(Demand newer) =>
    [
        new FulfilmentRestarted(
            id, newer.Lines, newer.Total.Amount, newer.Total.Currency, newer.Revision, state.Attempt + 1, Until(timeouts.Step), now),
    ];

    // Whole milliseconds, which is what timers are set by.
    private DateTimeOffset Until(TimeSpan wait) => DateTimeOffset.FromUnixTimeMilliseconds((now + wait).ToUnixTimeMilliseconds());
}
