using Confluent.Kafka;
using Streaming.Contracts.Control;
using Streaming.Sinks.Health;
using Streaming.Sinks.Simulation.Destinations;
using Streaming.Sinks.Simulation.Hosts;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation;

/// <summary>One round: hosts with the real worker read a log into a simulated destination, and at every call the seed decides what goes wrong. Then
/// everything heals, and the destination must hold what the log says.</summary>
/// <remarks>Whoever is to go on is decided one step at a time, so a seed gives the same round again.</remarks>
public sealed class Round : IDisposable
{
    private const int PartitionCount = 2;
    private const int HostsMax = 3;
    private const int AggregateCount = 5;
    private const int HealingStepsMax = 20_000;

    // So that a step says how late it is: what is due is due, whatever a timer was set to.
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(50);

    private readonly Kind _kind;
    private readonly int _seed;
    private readonly Random _random;
    private readonly World _world;
    private readonly Faults _faults;
    private readonly List<string> _schedule = [];
    private readonly List<SimulatedHost> _hosts = [];
    private int _hostCount;

    private Round(Kind kind, int seed, Bug bug)
    {
        (_kind, _seed, _random) = (kind, seed, new Random(seed));
        _world = new World(kind, bug, PartitionCount);
        _faults = new Faults(_world, _random, _hosts, NewHost, Say);
    }

    /// <param name="bug">What the destination does wrong on purpose.</param>
    public static RoundResult Run(Kind kind, int seed, Bug bug = Bug.None)
    {
        using var round = new Round(kind, seed, bug);
        return round.Run();
    }

    public void Dispose() => _world.Dispose();

    private Stepper Steps => _world.Steps;

    private RoundResult Run()
    {
        var violations = new List<string>();
        try
        {
            Begin();
            for (var left = _random.Next(150, 500); left > 0; left--)
                Step();
            Heal();
            violations.AddRange(new Expectation(_world, _kind, _faults).Violations());
            violations.AddRange(_faults.Unasked());
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            violations.Add($"{broken.GetType().Name}: {broken.Message} {broken.InnerException}");
        }

        violations.AddRange(_world.Destination.Violations);
        violations.AddRange(_world.DeadLetters.Violations);
        var held = _world.Logs.Sum(log => _world.Destination.Read(log.Source.Partition).Entries.Count);
        return new(_kind, _seed, violations, _schedule, _faults.Counts, held);
    }

    private void Begin()
    {
        foreach (var log in _world.Logs)
            log.Append(_random, AggregateCount);
        NewHost();
        NewHost();
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 50 when Steps.Calls is { Count: > 0 } calls:
                Answer(calls[_random.Next(calls.Count)]);
                break;
            case < 65 when Feeds is { Count: > 0 } feeds:
                var held = feeds[_random.Next(feeds.Count)];
                Say($"{held.Actor}: records");
                held.Feed.Deliver(_random.Next(1, 8));
                break;
            case < 75 when Steps.Timers is { Count: > 0 } timers:
                Fire(timers[_random.Next(timers.Count)]);
                break;
            case < 85:
                var log = _world.Logs[_random.Next(PartitionCount)];
                log.Append(_random, AggregateCount);
                Say($"appended to {log.Source.Partition}, up to @{log.End}");
                break;
            case < 92:
                Assign();
                break;
            default:
                _faults.Do();
                break;
        }

        Steps.Rest();
    }

    private List<Held> Feeds => [.. _hosts.Where(host => !host.IsFrozen).SelectMany(host => host.Partitions).Where(held => held.Feed.HasMore)];

    /// <summary>A call goes well, mostly.</summary>
    private void Answer(Call call)
    {
        if (!Steps.Take(call))
            return;
        switch (_random.Next(100))
        {
            case < 6:
                Say($"{call.Actor}: {call.What}: fails");
                _faults.Count("a call fails");
                call.Fail(FailureOf(call));
                break;
            case < 12:
                Say($"{call.Actor}: {call.What}: done, and the answer is lost");
                _faults.Count("an answer is lost");
                call.Land(_random);
                call.Fail(FailureOf(call));
                break;
            case 12 when call.Callee == Callee.Destination:
                Say($"{call.Actor}: {call.What}: fails in a way that no trying helps");
                _faults.Count("a call fails for good");
                call.Fail(new InvalidOperationException("the destination is broken"));
                break;
            default:
                Say($"{call.Actor}: {call.What}");
                call.Return(_random);
                break;
        }
    }

    private static Exception FailureOf(Call call) => call.Callee switch
    {
        Callee.Cluster => new KafkaException(ErrorCode.Local_Transport),
        Callee.Registry => new HttpRequestException("nobody answers"),
        _ => new IOException("the destination is away"),
    };

    private void Fire(StepTimer timer)
    {
        // The one of a worker's end is the patience of whoever waits for it.
        if (timer.Actor is { Ends: not null } ending)
        {
            if (_random.Next(10) > 0)
                return;
            Say($"{ending}: has waited long enough");
            _faults.Count("a batch in hand is abandoned");
            ending.Abandons = true;
        }

        Steps.Time.Advance(TimerStep);
        timer.Fire();
    }

    /// <summary>The group gives a partition that nobody has to one of the hosts that it knows.</summary>
    private void Assign()
    {
        var orphans = Orphans;
        if (orphans.Count == 0)
            return;
        var awake = _hosts.Where(host => !host.IsFrozen).ToList();
        if (awake.Count == 0 || (_hosts.Count < HostsMax && _random.Next(4) == 0))
            awake = [NewHost()];
        var log = orphans[_random.Next(orphans.Count)];
        var host = awake[_random.Next(awake.Count)];
        if (host.Partitions.Exists(held => held.Log == log))
            return;     // It has not noticed yet that it had lost it.
        Say($"{host} is assigned {log.Source.Partition}");
        host.Assign(log);
    }

    private List<SimulatedLog> Orphans => [.. _world.Logs.Where(log => !_hosts.Exists(host => host.Partitions.Exists(held => held.Log == log && held.IsRightful)))];

    private SimulatedHost NewHost()
    {
        var host = new SimulatedHost(_world, $"host {++_hostCount}");
        _hosts.Add(host);
        return host;
    }

    /// <summary>Nothing goes wrong any more, what was broken is repaired, and everybody gets to where they wanted.</summary>
    private void Heal()
    {
        Say("everything heals");
        _faults.LandStrays();
        _world.Control.Pause = null;
        _world.IsRepaired = true;
        foreach (var host in _hosts)
        {
            host.Freeze(isFrozen: false);
            foreach (var held in host.Partitions.Where(held => !held.IsEnding).ToList())
                host.End(held, isLost: !held.IsRightful);
        }

        Until(() => _hosts.TrueForAll(host => host.Partitions.Count == 0), "the old hosts to end");
        _hosts.Clear();
        var last = NewHost();
        foreach (var log in _world.Logs)
            last.Assign(log);
        Until(() => IsThrough(last), "the last host to read everything");
        for (var tries = 0; tries < 4 && _world.DeadLetters.Waiting.Any(); tries++)
        {
            foreach (var letters in _world.DeadLetters.Waiting.GroupBy(letter => letter.Partition).ToList())
                _world.Control.Ask(SinkRequestKind.Redrive, letters.Key, letters.Select(letter => letter.Offset));
            Until(() => IsThrough(last), "the dead letters to be handled");
        }

        foreach (var held in last.Partitions.ToList())
            last.End(held, isLost: false);
        Until(() => last.Partitions.Count == 0, "the last host to end");
    }

    private bool IsThrough(SimulatedHost host)
    {
        foreach (var held in host.Partitions)
        {
            var (state, reason) = held.Worker.Status.Now;
            if (state == PartitionState.Stopped)
                throw new InvalidOperationException($"partition {held.Log.Source.Partition} stopped: {reason}");
            if (state == PartitionState.AwaitingAnswer && _world.Control.Open(SimulatedLog.Topic, held.Log.Source.Partition).All(request => request.Kind is not (SinkRequestKind.Stay or SinkRequestKind.Skip)))
                _world.Control.Ask(SinkRequestKind.Stay, held.Log.Source.Partition, [0]);
            if (state != PartitionState.Running || !held.Feed.IsThrough)
                return false;
        }

        return !_world.Control.HasOpen && Steps.Calls.Count == 0;
    }

    private void Until(Func<bool> isDone, string what)
    {
        for (var left = HealingStepsMax; !isDone(); left--)
        {
            if (left == 0)
                throw new TimeoutException($"{what}: waited in vain for {HealingStepsMax} steps");
            if (Steps.Calls is [var call, ..])
            {
                Say($"{call.Actor}: {call.What}");
                Steps.Take(call);
                call.Return(random: null);
            }
            else if (Feeds is [var held, ..])
            {
                held.Feed.Deliver(8);
            }
            else if (Steps.Timers.FindAll(timer => timer.Actor is { Ends: null }) is { Count: > 0 } timers)
            {
                Fire(timers[0]);
            }

            Steps.Rest();
        }
    }

    private void Say(string what) => _schedule.Add(what);
}
