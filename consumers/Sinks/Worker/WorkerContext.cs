using Microsoft.Extensions.Logging;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>What the workers of all partitions share.</summary>
/// <param name="Writers">As many places as partitions may be written at the same time.</param>
internal sealed record WorkerContext(
    ISink Sink, IEventDecoder Decoder, IErasureLog Erasures, SinkOptions Options, SinkMetrics Metrics, SemaphoreSlim Writers, TimeProvider Time, ILogger Logger);
