using Microsoft.Extensions.Logging;
using Polly;
using Streaming.Sinks.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>What the workers of all partitions share.</summary>
internal sealed record WorkerContext
{
    public required ISink Sink { get; init; }
    public required IEventDecoder Decoder { get; init; }
    public required IErasureLog Erasures { get; init; }
    public required IDeadLetterLog DeadLetters { get; init; }
    public required IControl Control { get; init; }

    /// <summary>The log beside the feed; null where nobody reads it.</summary>
    public IPartitionLog? Log { get; init; }

    /// <summary>What runs before the sink; null for nothing.</summary>
    public EnrichmentStep? Enrichment { get; init; }
    public required SinkOptions Options { get; init; }
    public required SinkMetrics Metrics { get; init; }

    /// <summary>As many places as partitions may be written at the same time.</summary>
    public required SemaphoreSlim Writers { get; init; }

    /// <summary>Every write of the destination goes through it.</summary>
    public required ResiliencePipeline Circuit { get; init; }

    /// <summary>How long a partition is ours for sure after the group has heard of us: well below the session time-out.</summary>
    public required TimeSpan Lease { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILogger Logger { get; init; }
}
