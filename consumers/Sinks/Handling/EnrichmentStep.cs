using System.Collections.Concurrent;
using Streaming.Sinks.Events;
using Streaming.Sinks.Gateway;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Handling;

/// <summary>Runs the enrichment of a sink over a batch, several aggregates at a time.</summary>
internal sealed class EnrichmentStep(IEventEnrichment enrichment, RecordingGateway gateway, int lanesMax)
{
    /// <summary>The partition was taken over.</summary>
    public void Begin(SourcePartition source) => gateway.Forget(source);

    /// <summary>The same events with what was fetched for them, in their order.</summary>
    public async Task<List<RecordedEvent>> RunAsync(
        SourcePartition source, List<RecordedEvent> events, SinkMode mode, bool isRedrive, CancellationToken cancellationToken)
    {
        var fetched = new ConcurrentDictionary<long, object?>();
        await KeyedParallel.ForEachAsync(events, lanesMax, async (recorded, cancel) =>
        {
            using var scope = gateway.Enter(source, recorded, mode, isRedrive);
            try
            {
                fetched[recorded.Offset] = await enrichment.FetchAsync(recorded, cancel);
            }
            catch (CallSkippedException)
            {
                fetched[recorded.Offset] = null;
            }
        }, cancellationToken);
        return [.. events.Select(recorded => recorded with { Enrichment = fetched[recorded.Offset] })];
    }
}
