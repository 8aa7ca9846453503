namespace Streaming.Domain.Fulfilment;

/// <summary>Refusals that are as good as success, because what a step is to bring about is so already.</summary>
/// <remarks>
/// A step that undoes is sent whenever there may be something to undo. Requests for one aggregate are decided in the order in which they
/// were sent, so "there is nothing" is the last word about it. Any other refusal is not: what is to be undone is still there.
/// </remarks>
internal static class Settled
{
    public static bool By(string kind, string? code) => kind switch
    {
        FulfilmentSteps.Release => code is "insufficient-reservation" or "unknown-sku" or "discontinued" or "erased",
        FulfilmentSteps.ReleaseHold => code is "nothing-held" or "unknown-account" or "account-closed" or "erased",
        FulfilmentSteps.Refund => code is "nothing-captured" or "already-refunded" or "unknown-account",
        FulfilmentSteps.Reject or FulfilmentSteps.Revoke => IsOrderClosed(code),
        _ => false,
    };

    /// <summary>Nothing happens to the order any more, whatever fulfilment does.</summary>
    public static bool IsOrderClosed(string? code) => code is "order-rejected" or "order-cancelled" or "order-revoked" or "unknown-order" or "erased";

    /// <summary>Refusals after which money that was captured can never be given back, however often it is asked for. An account without money in it
    /// and without holds may be closed, and erased: that is no reason to keep what it paid.</summary>
    public static bool IsRefundRefusedForGood(string kind, string code) =>
        kind == FulfilmentSteps.Refund && code is ("account-closed" or "erased" or "capture-too-old");
}
