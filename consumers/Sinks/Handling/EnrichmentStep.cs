using System.Collections.Concurrent;
using Streaming.Sinks.Events;
using Streaming.Sinks.Gateway;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Handling;

/// <summary>Runs the enrichment of a sink over a batch, several aggregates at a time.</summary>
internal sealed class EnrichmentStep(IEventEnrichment enrichment, RecordingGateway gateway, int lanesMax)
{
    /// <summary>The same for another generation, which has the partitions at other times, and finds the recordings of the first.</summary>
    public EnrichmentStep Beside() => new(enrichment, gateway.Beside(), lanesMax);

    /// <summary>The partition was taken over.</summary>
    public void Begin(SourcePartition source) => gateway.Forget(source);

    /// <summary>The same events with what was fetched for them, in their order.</summary>
    public async Task<List<RecordedEvent>> RunAsync(
        SourcePartition source, List<RecordedEvent> events, SinkMode mode, bool isRedrive, CancellationToken cancellationToken)
    {
        var fetched = new ConcurrentDictionary<long, object?>();
        await KeyedParallel.ForEachAsync(events, lanesMax, async (recorded, cancel) =>
        {
            try
            {
                fetched[recorded.Offset] = await FetchAsync(source, recorded, mode, isRedrive, cancel);
            }
            catch (CallSkippedException)
            {
                fetched[recorded.Offset] = null;
            }
        }, cancellationToken);
        return [.. events.Select(recorded => recorded with { Enrichment = fetched[recorded.Offset] })];
    }

    /// <summary>What is fetched for one event.</summary>
    /// <exception cref="CallSkippedException">A call was left out, by the policy for those without a record.</exception>
    public async Task<object?> FetchAsync(SourcePartition source, RecordedEvent recorded, SinkMode mode, bool isRedrive, CancellationToken cancellationToken)
    {
        using var scope = gateway.Enter(source, recorded, mode, isRedrive);
        return await enrichment.FetchAsync(recorded, cancellationToken);
    }
}
