using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Sinks.Health;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Simulation.Hosts;

/// <summary>A process that hosts the sink: the real worker of each partition that it was given.</summary>
internal sealed class SimulatedHost
{
    private readonly World _world;
    private readonly WorkerContext _context;
    private readonly string _name;

    public SimulatedHost(World world, string name)
    {
        (_world, _name) = (world, name);
        var sink = world.Destination.Connect();
        _context = new WorkerContext
        {
            Sink = sink,
            Decoder = new SimulatedDecoder(world),
            Erasures = new SimulatedErasures(world),
            DeadLetters = new SimulatedDeadLetters(world),
            Control = world.Control,
            Options = new SinkOptions { BatchEventsMax = 4, BatchLingerMs = 0, GroupCommitIntervalMs = 500, PermanentFailureRetriesMax = 2 },
            Metrics = new SinkMetrics(world.Meters, new SinkStatus(), sink),
            Writers = new SemaphoreSlim(1_000),
            Circuit = RetryPolicy.CreateCircuit(sink, world.Steps.Time),
            Lease = TimeSpan.FromSeconds(5),
            Time = world.Steps.Time,
            Logger = NullLogger.Instance,
        };
    }

    public bool IsFrozen { get; private set; }

    /// <summary>Partitions that it believes to have.</summary>
    public List<Held> Partitions { get; } = [];

    public Held Assign(SimulatedLog log)
    {
        var feed = new SimulatedFeed(_world, log);
        log.Owner = feed;
        var status = new PartitionStatus(SimulatedLog.Topic, log.Source.Partition, new PartitionProgress(_world.Steps.Time));
        var actor = new Actor($"{_name}/{log.Source.Partition}") { IsFrozen = IsFrozen };
        var held = new Held(this, log, feed, new PartitionWorker(_context, feed, status), actor);
        Partitions.Add(held);
        _world.Steps.Begin(actor, () =>
        {
            held.Worker.Start();
            return Task.CompletedTask;
        });
        _world.Steps.Rest();
        return held;
    }

    /// <summary>The partition is given back, or was lost.</summary>
    /// <param name="isLost">Then nothing is finished: it is somebody else's already.</param>
    public void End(Held held, bool isLost)
    {
        var ending = new Actor($"end of {held.Actor}") { Ends = held.Actor, Abandons = isLost, IsFrozen = IsFrozen };
        held.Actor.Ending = ending;
        _world.Steps.Begin(ending, async () =>
        {
            if (isLost)
                await held.Worker.AbandonAsync();
            else
                await held.Worker.StopAsync();
            await held.Worker.DisposeAsync();
            Partitions.Remove(held);
            _world.Steps.Done(held.Actor, ending);
        });
        _world.Steps.Rest();
    }

    /// <summary>SIGSTOP, or SIGCONT.</summary>
    public void Freeze(bool isFrozen)
    {
        IsFrozen = isFrozen;
        foreach (var actor in Partitions.SelectMany(held => held.Actors))
            actor.IsFrozen = isFrozen;
    }

    /// <summary>kill -9: what it had sent may still arrive.</summary>
    public List<Call> Kill()
    {
        var sent = new List<Call>();
        foreach (var actor in Partitions.SelectMany(held => held.Actors))
        {
            actor.IsDead = true;
            sent.AddRange(_world.Steps.TakeAll(actor));
        }

        Partitions.Clear();
        return sent;
    }

    public override string ToString() => _name;
}

/// <summary>A partition as one host has it.</summary>
internal sealed record Held(SimulatedHost Host, SimulatedLog Log, SimulatedFeed Feed, PartitionWorker Worker, Actor Actor)
{
    public bool IsEnding => Actor.Ending is not null;

    public IEnumerable<Actor> Actors => Actor.Ending is { } ending ? [Actor, ending] : [Actor];

    /// <summary>The group says so, too.</summary>
    public bool IsRightful => Log.Owner == Feed;
}
