namespace Streaming.Domain.Fulfilment;

/// <summary>The steps that undo what was done for an order, or may have been done.</summary>
internal static class Undoing
{
    /// <param name="state">How far it has come.</param>
    /// <param name="refused">The step that was refused, which therefore did nothing; null when none was.</param>
    public static IEnumerable<string> Steps(FulfilmentState state, string? refused) => state.Phase switch
    {
        FulfilmentPhase.Reserving => Releases(state, refused),
        FulfilmentPhase.Holding when refused is not null => Releases(state),
        // The refund before the release: while a hold is there, accounts know for certain that it was not captured.
        FulfilmentPhase.Capturing when refused is null => [FulfilmentSteps.Refund, FulfilmentSteps.ReleaseHold, .. Releases(state)],
        FulfilmentPhase.Shipping => [FulfilmentSteps.Refund, .. Releases(state)],
        _ => [FulfilmentSteps.ReleaseHold, .. Releases(state)],
    };

    private static IEnumerable<string> Releases(FulfilmentState state, string? refused = null) => FulfilmentSteps.Each(
        FulfilmentSteps.Release,
        state.Order.Lines.Where(line => !state.Shipped.Has(line.Sku) && FulfilmentSteps.Of(FulfilmentSteps.Reserve, line.Sku) != refused));
}
