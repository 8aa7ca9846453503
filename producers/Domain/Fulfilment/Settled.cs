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
        FulfilmentSteps.Release => code is "insufficient-reservation" or "unknown-sku" or "discontinued",
        FulfilmentSteps.ReleaseHold => code is "nothing-held" or "unknown-account" or "account-closed",
        FulfilmentSteps.Refund => code is "nothing-captured" or "already-refunded" or "unknown-account",
        FulfilmentSteps.Reject or FulfilmentSteps.Revoke => IsOrderClosed(code),
        _ => false,
    };

    /// <summary>Nothing happens to the order any more, whatever fulfilment does.</summary>
    public static bool IsOrderClosed(string? code) => code is "order-rejected" or "order-cancelled" or "order-revoked" or "unknown-order";
}
