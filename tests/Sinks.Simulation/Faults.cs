using Streaming.Contracts.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Health;
using Streaming.Sinks.Simulation.Hosts;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation;

/// <summary>What goes wrong beside single calls, and what people do in the middle of it.</summary>
internal sealed class Faults
{
    private readonly World _world;
    private readonly Random _random;
    private readonly List<SimulatedHost> _hosts;
    private readonly Func<SimulatedHost> _newHost;
    private readonly Action<string> _say;
    private readonly (string Name, Func<bool> Do)[] _all;
    private readonly List<Call> _strays = [];
    private readonly HashSet<(int Partition, long Offset)> _askedToDiscard = [];
    private readonly HashSet<(int Partition, long Offset)> _askedToRedrive = [];

    public Faults(World world, Random random, List<SimulatedHost> hosts, Func<SimulatedHost> newHost, Action<string> say)
    {
        (_world, _random, _hosts, _newHost, _say) = (world, random, hosts, newHost, say);
        _all =
        [
            ("kill -9", Kill), ("kill -9", Kill), ("a host stands still", Freeze), ("a host wakes", Wake), ("a partition moves", Move), ("a partition moves unnoticed", MoveUnnoticed),
            ("a zombie learns that it is one", Learn), ("what was sent arrives late", Land), ("a tool moves the group", MoveGroup), ("a reset is asked for", AskForReset),
            ("dead letters are tried again", Redrive), ("a dead letter is discarded", Discard), ("the sink is paused", Pause), ("the sink goes on", Resume),
            ("an aggregate is erased", Erase), ("an answer to a reset forward", AnswerForward), ("a repair", Repair),
        ];
    }

    public Dictionary<string, int> Counts { get; } = [];

    public void Count(string name) => Counts[name] = Counts.GetValueOrDefault(name) + 1;

    /// <summary>Whether somebody asked to handle an event again before it was discarded: it may have been handled, and its host killed before it could say so.</summary>
    public bool MayBeHandled(int partition, long offset) => _askedToRedrive.Contains((partition, offset));

    /// <summary>One of those that are possible now.</summary>
    public void Do()
    {
        var (name, fault) = _all[_random.Next(_all.Length)];
        if (fault())
            Count(name);
    }

    public void LandStrays()
    {
        while (Land())
        {
            // One after another.
        }
    }

    /// <summary>Events that are left out although nobody asked for it.</summary>
    public IEnumerable<string> Unasked() => _world.DeadLetters.All
        .Where(letter => letter.State == DeadLetterState.Discarded && !_askedToDiscard.Contains((letter.Partition, letter.Offset))
            && !_world.Logs[letter.Partition].IsErased(letter.Queue))
        .Select(letter => $"{letter.Position} was discarded, and nobody has asked for that");

    private IEnumerable<Held> Awake => _hosts.Where(host => !host.IsFrozen).SelectMany(host => host.Partitions).Where(held => !held.IsEnding);

    private bool Kill()
    {
        if (OneOf(_hosts) is not { } host)
            return false;
        _say($"{host} is killed");
        _hosts.Remove(host);
        _strays.AddRange(host.Kill());
        return true;
    }

    private bool Freeze()
    {
        if (OneOf(_hosts.Where(host => !host.IsFrozen)) is not { } host)
            return false;
        _say($"{host} stands still");
        host.Freeze(isFrozen: true);
        return true;
    }

    private bool Wake()
    {
        if (OneOf(_hosts.Where(host => host.IsFrozen)) is not { } host)
            return false;
        _say($"{host} wakes");
        host.Freeze(isFrozen: false);
        return true;
    }

    private bool Move()
    {
        if (OneOf(Awake.Where(held => held.IsRightful)) is not { } held)
            return false;
        _say($"{held.Actor} is given back");
        held.Host.End(held, isLost: false);
        return true;
    }

    /// <summary>The host has missed its heartbeats, and goes on until it hears of it.</summary>
    private bool MoveUnnoticed()
    {
        if (OneOf(_hosts.SelectMany(host => host.Partitions).Where(held => held.IsRightful)) is not { } held)
            return false;
        var next = OneOf(_hosts.Where(host => host != held.Host && !host.IsFrozen && !host.Partitions.Exists(other => other.Log == held.Log))) ?? _newHost();
        _say($"{held.Actor} is taken over by {next}, unnoticed");
        next.Assign(held.Log);
        return true;
    }

    private bool Learn()
    {
        if (OneOf(Awake.Where(held => !held.IsRightful)) is not { } held)
            return false;
        _say($"{held.Actor} learns that it was lost");
        held.Host.End(held, isLost: true);
        return true;
    }

    private bool Land()
    {
        _strays.AddRange(_world.Steps.Cancelled);
        _world.Steps.Cancelled.Clear();
        if (OneOf(_strays) is not { } call)
            return false;
        _strays.Remove(call);
        if (_random.Next(3) == 0)
            return true;     // It never arrives.
        _say($"{call.Actor}: {call.What}: arrives late");
        call.Land(_random);
        return true;
    }

    /// <summary>kafka-consumer-groups --reset-offsets: it works while no host is a member.</summary>
    private bool MoveGroup()
    {
        if (OneOf(_world.Logs.Where(log => _hosts.All(host => host.Partitions.All(held => held.Log != log)))) is not { } log || log.End == 0 || IsAsked(log))
            return false;
        var present = _world.Destination.CheckpointOf(log.Source.Partition)?.NextOffset ?? 0;
        var to = (long)_random.Next((int)(log.IsSkipped ? present + 1 : log.End + 1));
        log.IsSkipped |= to > present;
        (log.GroupCommitted, log.Owner) = (to, null);   // Who was killed is no member any more: a commit of its that arrives late is refused.
        _say($"a tool moves the group to {log.Source.Partition}@{to}");
        return true;
    }

    private bool AskForReset()
    {
        if (OneOf(_world.Logs.Where(log => !IsAsked(log) && _hosts.Exists(host => host.Partitions.Exists(held => held.Log == log)))) is not { } log)
            return false;
        if (_world.Destination.CheckpointOf(log.Source.Partition) is not { } checkpoint)
            return false;
        var isForward = !log.IsSkipped && checkpoint.NextOffset < log.End && _random.Next(4) == 0;
        var to = isForward ? _random.NextInt64(checkpoint.NextOffset, log.End + 1) : _random.NextInt64(checkpoint.NextOffset + 1);
        log.IsSkipped |= isForward;
        _world.Control.Ask(SinkRequestKind.Reset, log.Source.Partition, [to]);
        _say($"a reset to {log.Source.Partition}@{to} is asked for");
        return true;
    }

    private bool Redrive()
    {
        if (OneOf(_world.DeadLetters.Waiting) is not { } letter)
            return false;
        var queue = _world.DeadLetters.Waiting.Where(other => other.Partition == letter.Partition && _random.Next(3) > 0).Select(other => other.Offset).DefaultIfEmpty(letter.Offset).ToList();
        _askedToRedrive.UnionWith(queue.Select(offset => (letter.Partition, offset)));
        _world.Control.Ask(SinkRequestKind.Redrive, letter.Partition, queue);
        _say($"{letter.Topic}-{letter.Partition}: {string.Join(" ", queue.Select(offset => $"@{offset}"))} are to be tried again");
        return true;
    }

    private bool Discard()
    {
        if (OneOf(_world.DeadLetters.Waiting) is not { } letter)
            return false;
        _askedToDiscard.Add((letter.Partition, letter.Offset));
        _world.Control.Ask(SinkRequestKind.Discard, letter.Partition, [letter.Offset]);
        _say($"{letter.Position} is to be discarded");
        return true;
    }

    private bool Pause()
    {
        if (_world.Control.Pause is not null)
            return false;
        _world.Control.Pause = new(true, "an operator", DateTimeOffset.UnixEpoch, null);
        _say("the sink is paused");
        return true;
    }

    private bool Resume()
    {
        if (_world.Control.Pause is null)
            return false;
        _world.Control.Pause = null;
        _say("the sink goes on");
        return true;
    }

    private bool Erase()
    {
        if (_random.Next(3) > 0 || OneOf(_world.Logs)!.Erase(_random) is not { } erased)
            return false;
        _say($"{erased} is erased");
        return true;
    }

    private bool AnswerForward()
    {
        if (OneOf(Awake.Where(held => held.Worker.Status.Now.State == PartitionState.AwaitingAnswer)) is not { } held || IsAsked(held.Log))
            return false;
        var kind = _random.Next(2) == 0 ? SinkRequestKind.Skip : SinkRequestKind.Stay;
        _world.Control.Ask(kind, held.Log.Source.Partition, [0]);
        _say($"the answer for {held.Log.Source.Partition} is {kind}");
        return true;
    }

    private bool Repair()
    {
        if (_world.IsRepaired || _random.Next(4) > 0)
            return false;
        _world.IsRepaired = true;
        _say("code and destination are repaired");
        return true;
    }

    private bool IsAsked(SimulatedLog log) => _world.Control.Open(SimulatedLog.Topic, log.Source.Partition).Count > 0;

    private T? OneOf<T>(IEnumerable<T> many)
        where T : class
    {
        var all = many.ToList();
        return all.Count == 0 ? null : all[_random.Next(all.Count)];
    }
}
