using Streaming.Sinks.Events;

namespace Streaming.Sinks.Handling;

/// <summary>Fetches from outside what a projection needs to know of an event. Runs before the sink sees it, so that projections stay pure.</summary>
/// <remarks>Through a recorded client (<see cref="Gateway.RecordingHandler"/>): a replay then projects what was answered at the time, and calls nobody.</remarks>
public interface IEventEnrichment
{
    /// <returns>What becomes <see cref="RecordedEvent.Enrichment"/>; null for nothing.</returns>
    /// <exception cref="PoisonEventException">There is no answer without which the event could be handled.</exception>
    Task<object?> FetchAsync(RecordedEvent recorded, CancellationToken cancellationToken);
}
