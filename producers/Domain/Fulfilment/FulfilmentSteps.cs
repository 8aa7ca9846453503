using System.Diagnostics;
using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Fulfilment;

/// <summary>What fulfilment asks of others: the names of the steps, and which event asks for which.</summary>
/// <remarks>
/// A step is <c>hold</c>, or with the product it is about, <c>reserve/XYZ-1</c>. A request is a step with the attempt that asks for it,
/// <c>2/reserve/XYZ-1</c>. Within an attempt no step is asked for twice, so the names are unique.
/// </remarks>
public static class FulfilmentSteps
{
    public const string Reserve = "reserve";
    public const string Hold = "hold";
    public const string Accept = "accept";
    public const string Capture = "capture";
    public const string Ship = "ship";
    public const string Release = "release";
    public const string ReleaseHold = "release-hold";
    public const string Refund = "refund";
    public const string Reject = "reject";
    public const string Revoke = "revoke";

    /// <summary>The steps that an event asks for, in the order in which they are sent. With the state after it.</summary>
    public static IEnumerable<string> AskedBy(FulfilmentEvent happened, FulfilmentState state) => happened switch
    {
        FulfilmentStarted or FulfilmentRestarted => Each(Reserve, state.Order.Lines),
        LineReserved { Remaining: 0 } => [Hold],
        RiskApproved => [Accept],
        FulfilmentAccepted => [Capture],
        PaymentCaptured => Each(Ship, state.Order.Lines),
        RollbackStarted e => e.Undo,
        OrderRejectionRequested => [Reject],
        OrderRevocationRequested => [Revoke],
        FulfilmentResumed e => e.Steps,
        _ => [],
    };

    /// <summary>One step per line.</summary>
    public static IEnumerable<string> Each(string kind, IEnumerable<FulfilmentLine> lines) => lines.Select(line => Of(kind, line.Sku));

    public static string Of(string kind, Sku sku) => $"{kind}/{sku.Value}";

    public static string RequestOf(int attempt, string step) => $"{attempt}/{step}";

    /// <summary>The step of a request: what follows the attempt.</summary>
    public static string StepOf(string request) => request[(request.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The step without the product it is about.</summary>
    public static string KindOf(string step) => step.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? step[..slash] : step;

    /// <summary>The product that a step is about; empty when it is about none.</summary>
    public static Sku SkuOf(string step) => new(step.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? step[(slash + 1)..] : "");

    /// <summary>What fulfilment is at in a phase, in one word, for who reads why it stopped there.</summary>
    public static string At(FulfilmentPhase phase) => phase switch
    {
        FulfilmentPhase.Reserving => Reserve,
        FulfilmentPhase.Holding => Hold,
        FulfilmentPhase.CheckingRisk => "risk",
        FulfilmentPhase.Accepting => Accept,
        FulfilmentPhase.AwaitingChange => "change",
        FulfilmentPhase.Capturing => Capture,
        FulfilmentPhase.Shipping => Ship,
        FulfilmentPhase.RollingBack => "rollback",
        FulfilmentPhase.Rejecting => Reject,
        FulfilmentPhase.Revoking => Revoke,
        _ => throw new UnreachableException($"Nothing is done in {phase}."),
    };

    /// <summary>The external check of an attempt.</summary>
    public static string CheckOf(OrderId order, int attempt) => $"{order.Value}@{attempt}";
}
