namespace Streaming.Domain.Fulfilment;

/// <summary>How long fulfilment waits, each time.</summary>
/// <param name="Step">For answers of other contexts, and for a change of the order that is on its way.</param>
/// <param name="Risk">For the external risk check.</param>
public sealed record FulfilmentTimeouts(TimeSpan Step, TimeSpan Risk)
{
    public static readonly FulfilmentTimeouts Default = new(Step: TimeSpan.FromSeconds(30), Risk: TimeSpan.FromSeconds(20));
}
