using System.Diagnostics.Metrics;
using Streaming.Sinks.Simulation.Destinations;
using Streaming.Sinks.Simulation.Hosts;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation;

/// <summary>Everything outside the workers: the log, the control topic, the destination.</summary>
internal sealed class World : IDisposable
{
    public World(Kind kind, Bug bug, int partitions)
    {
        Logs = [.. Enumerable.Range(0, partitions).Select(partition => new SimulatedLog(partition))];
        DeadLetters = new(isFenced: bug != Bug.ForgetsWhoMayPark);
        Control = new(this);
        Destination = kind switch
        {
            Kind.Rows => new RowsDestination(this, bug),
            Kind.Documents => new DocumentsDestination(this, bug),
            _ => new TablesDestination(this, bug),
        };
    }

    public Stepper Steps { get; } = new();
    public IReadOnlyList<SimulatedLog> Logs { get; }
    public DeadLetterStore DeadLetters { get; }
    public SimulatedControl Control { get; }
    public Destination Destination { get; }
    public Meters Meters { get; } = new();

    /// <summary>Code and destination now take what they refused before.</summary>
    public bool IsRepaired { get; set; }

    public void Dispose() => Meters.Dispose();
}

/// <summary>Meters that nobody reads.</summary>
internal sealed class Meters : IMeterFactory
{
    private readonly List<Meter> _all = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _all.Add(meter);
        return meter;
    }

    public void Dispose() => _all.ForEach(meter => meter.Dispose());
}
