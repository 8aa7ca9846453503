using Streaming.Contracts;

namespace Streaming.Domain.Fulfilment;

/// <summary>What fulfilment says to people who ask for what it cannot do. The codes are part of the API.</summary>
internal static class FulfilmentRefusals
{
    public static Refusal UnknownFulfilment(OrderId id) => new(
        "unknown-fulfilment", $"Nothing is being fulfilled for {id}: place the order first, or check its id.");

    public static Refusal FulfilmentClosed(OrderId id, FulfilmentState state) => new(
        "fulfilment-closed",
        state.Phase == FulfilmentPhase.Completed
            ? $"{id} is shipped and paid: take the goods back, and refund the account."
            : $"{id} is rolled back: place another order.");

    public static Refusal OrderAccepted(OrderId id) => new(
        "order-accepted", $"{id} is accepted, so its customer cannot cancel it: an operator can.");

    public static Refusal NoRefund(OrderId id) => new(
        "no-refund", $"{id} waits for no refund: there is none to give up; resume or cancel it instead.");

    public static Refusal RefundPossible(OrderId id, FulfilmentState state) => new(
        "refund-possible",
        state.IsStuck
            ? $"{id} may still be refunded, no rule refuses it for good: resume, and give up only what is refused then."
            : $"{id} may still be refunded, an answer is waited for until {state.Deadline:O}: give up only what is refused for good.");

    public static Refusal NotStuck(OrderId id, FulfilmentState state) => new(
        "not-stuck", $"{id} is not stuck, it waits for answers until {state.Deadline:O}: resume it when it is stuck, or cancel it.");
}
