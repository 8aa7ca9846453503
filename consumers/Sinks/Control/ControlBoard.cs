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
        var (control, isOfDestination) = (Of(key.Sink), key.Sink == sink);
        if (key.RequestId is { } id)
        {
            var request = value is null ? null : RequestFormat.Read(value);
            control.Ask(id, request);
            if (isOfDestination)
                Generations.Ask(id, request);
        }
        else if (key.IsAnswer)
        {
            control.Answer(key);
            if (isOfDestination)
                Generations.Answer(value);
        }
        else if (key.Setting == ControlKey.PauseSetting)
        {
            control.SetPause(value);
        }
        else if (isOfDestination && key.IsGenerations)
        {
            Generations.Declare(key, value);
        }
    }
}
