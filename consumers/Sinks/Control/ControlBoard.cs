using System.Collections.Concurrent;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>The control topic as far as it speaks of one sink, in any of its generations.</summary>
/// <param name="sink">Its own name, which is that of its first generation.</param>
/// <param name="topic">The control topic's name.</param>
internal sealed class ControlBoard(string sink, string topic, IProducer<byte[]?, byte[]?> producer)
{
    private readonly ConcurrentDictionary<string, SinkControl> _controls = new();

    /// <summary>What is set and asked for the destination as a whole.</summary>
    public GenerationControl Generations { get; } = new(sink, topic, producer);

    /// <summary>What is asked of one generation.</summary>
    public SinkControl Of(string name) => _controls.GetOrAdd(name, added => new SinkControl(added, topic, producer));

    /// <summary>Takes the next record of the control topic into account.</summary>
    /// <exception cref="JsonException">It is not what its key says.</exception>
    public void Take(ControlKey key, byte[]? value)
    {
        if (SinkNames.NumberOf(sink, key.Sink) is null)
            return;
        Of(key.Sink).Take(key, value);
        Generations.Take(key, value);
    }
}
