using System.Diagnostics;
using Streaming.Contracts.Fulfilment;

namespace Streaming.Domain.Fulfilment;

/// <summary>What follows from an answer that is waited for.</summary>
internal static class Answers
{
    public static FulfilmentEvent[] Accepted(string request, Course course)
    {
        var step = FulfilmentSteps.StepOf(request);
        return FulfilmentSteps.KindOf(step) switch
        {
            FulfilmentSteps.Reserve => course.Reserved(FulfilmentSteps.SkuOf(step)),
            FulfilmentSteps.Hold => course.Held(),
            FulfilmentSteps.Accept => course.Accepted(),
            FulfilmentSteps.Capture => course.Captured(),
            FulfilmentSteps.Ship => course.Shipped(FulfilmentSteps.SkuOf(step)),
            FulfilmentSteps.Reject or FulfilmentSteps.Revoke => course.RolledBack(),
            _ => course.Undone(request, hadEffect: true),
        };
    }

    public static FulfilmentEvent[] Refused(string request, string code, string reason, Course course)
    {
        var (state, step) = (course.State, FulfilmentSteps.StepOf(request));
        var kind = FulfilmentSteps.KindOf(step);
        if (Settled.By(kind, code))
            return kind is FulfilmentSteps.Reject or FulfilmentSteps.Revoke ? course.RolledBack() : course.Undone(request, hadEffect: false);
        if (kind == FulfilmentSteps.Reject && code == "order-accepted")
            return course.Revoke();
        // It was asked for again, and the other request may be the one that did it.
        if (state.Open.HasOtherThan(request))
            return course.Refused(request, code, reason);

        return kind switch
        {
            FulfilmentSteps.Accept => AcceptanceRefused(step, code, reason, course),
            FulfilmentSteps.Reserve or FulfilmentSteps.Hold => course.TurnBack(code, reason, RollbackThen.reject, step),
            FulfilmentSteps.Capture => course.TurnBack(code, reason, RollbackThen.revoke, step),
            FulfilmentSteps.Ship when state.Phase == FulfilmentPhase.Shipping => course.TurnBack(code, reason, RollbackThen.revoke, step),
            FulfilmentSteps.Ship => course.Undone(request, hadEffect: false),
            FulfilmentSteps.Release or FulfilmentSteps.ReleaseHold or FulfilmentSteps.Refund or FulfilmentSteps.Reject or FulfilmentSteps.Revoke =>
                [.. course.Refused(request, code, reason), .. course.Stuck(code, $"{step} was refused: {reason}")],
            _ => throw new UnreachableException($"Nothing follows from a refusal of {step}; add it above."),
        };
    }

    private static FulfilmentEvent[] AcceptanceRefused(string step, string code, string reason, Course course) => code switch
    {
        // Somebody else accepted the very revision that was checked here.
        "order-accepted" => course.Accepted(),
        "order-changed" => course.AwaitChange(),
        _ when Settled.IsOrderClosed(code) => course.TurnBack(code, reason, RollbackThen.nothing, step),
        _ => course.TurnBack(code, reason, RollbackThen.reject, step),
    };
}
