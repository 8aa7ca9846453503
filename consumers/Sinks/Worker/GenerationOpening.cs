using Streaming.Sinks.Generations;

namespace Streaming.Sinks.Worker;

/// <summary>Makes the sink that writes a generation.</summary>
internal sealed class GenerationOpening
{
    private readonly ISink _configured;

    /// <param name="configured">The sink of the host's configuration.</param>
    /// <param name="destination">Null where it holds one generation only.</param>
    public GenerationOpening(ISink configured, ISinkGenerations? destination)
    {
        (_configured, Destination) = (configured, destination);
        Sink = destination?.Open(1).Name ?? configured.Name;
        ConfiguredNumber = SinkNames.NumberOf(Sink, configured.Name)
            ?? throw new InvalidOperationException($"The sink {configured.Name} is no generation of {Sink}: its name is to be made by {nameof(SinkNames)}.{nameof(SinkNames.OfGeneration)}.");
    }

    public ISinkGenerations? Destination { get; }

    /// <summary>The sink's own name, which is that of its first generation.</summary>
    public string Sink { get; }

    public int ConfiguredNumber { get; }

    /// <summary>The host was given a generation by its configuration, and runs that alone: so hosts of another build keep to theirs.</summary>
    public bool IsPinned => Destination is null || ConfiguredNumber != 1;

    public ISink Open(int number) => number == ConfiguredNumber ? _configured : Destination!.Open(number);
}
