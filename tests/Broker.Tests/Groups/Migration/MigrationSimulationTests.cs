using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Tests.Groups.Consumer;

namespace Streaming.Broker.Tests.Groups.Migration;

/// <summary>Members of both protocols that come, go and die, topics that come and grow, and restarts of the broker, all from a seed: the group goes over to and fro meanwhile.</summary>
public sealed class MigrationSimulationTests : IDisposable
{
    private static readonly string[] _names = ["clicks", "orders", "refunds"];

    private readonly MixedStory _story = new();
    private readonly List<SimulatedConsumer> _consumers = [];
    private readonly List<SimulatedClassic> _classics = [];
    private Random _random = new(0);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nobody_shares_a_partition_and_in_the_end_everything_is_shared_out(int seed)
    {
        _random = new Random(seed);
        foreach (var name in _names.Take(2))
            _story.Topics.Put(name, _random.Next(1, 8));
        for (var i = 0; i < 3; i++)
        {
            _consumers.Add(new SimulatedConsumer(_story.Send, $"c{i}", instance: null, SomeTopics()));
            _consumers[i].Die();
            _classics.Add(new SimulatedClassic(_story, SomeTopics(), isCooperative: seed % 2 == 0));
        }

        var kinds = new HashSet<GroupKind>();
        for (var step = 0; step < 400; step++)
        {
            Do(_random.Next(40));
            CheckUse($"seed {seed}, step {step}");
            kinds.Add(_story.Kind);
        }

        kinds.Count.ShouldBe(2, $"seed {seed}: the group was of one kind all the time");
        Settle($"seed {seed}");
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40), 118, 304, 450];

    public void Dispose() => _story.Dispose();

    private void Do(int what)
    {
        var consumer = _consumers[_random.Next(_consumers.Count)];
        var classic = _classics[_random.Next(_classics.Count)];
        var name = _names[_random.Next(_names.Length)];
        switch (what)
        {
            case 0 or 1 when consumer.IsAlive:
                consumer.Leave();
                break;
            case 2 when consumer.IsAlive:
                consumer.Die();
                break;
            case 3 or 4 when !consumer.IsAlive:
                consumer.Start();
                break;
            case 5 when classic.IsAlive:
                classic.Leave();
                break;
            case 6 when classic.IsAlive:
                classic.Die();
                break;
            case 7 or 8 when !classic.IsAlive:
                classic.Start();
                break;
            case 9 when classic.IsAlive:
                classic.Subscribe(SomeTopics());
                break;
            case 10 when _random.Next(3) == 0:
                _story.Topics.Put(name, (_story.Topics.FindShape(name)?.PartitionCount ?? 0) + _random.Next(1, 4));
                break;
            case 11 when _random.Next(3) == 0:
                _story.Restart();
                _classics.ForEach(one => one.LoseConnection());
                break;
            case < 15:
                PassTime();
                break;
            default:
                if (consumer.IsAlive)
                    consumer.Beat(_random, isAnswerLost: _random.Next(10) == 0);
                if (classic.IsAlive)
                    classic.Beat();
                break;
        }
    }

    /// <summary>As long as a member may be silent between two heartbeats.</summary>
    private void PassTime()
    {
        _story.Time.Advance(TimeSpan.FromSeconds(5));
        foreach (var consumer in _consumers.Where(consumer => consumer.IsAlive))
            consumer.Beat(_random);
        foreach (var classic in _classics.Where(classic => classic.IsAlive))
            classic.Beat();
    }

    private void CheckUse(string when)
    {
        var used = _consumers.Select(consumer => consumer.Used).Concat(_classics.Select(classic => classic.Used)).SelectMany(one => one.All).ToList();
        used.Distinct().Count().ShouldBe(used.Count, $"{when}: a partition is read by two members of a {_story.Kind} group");
    }

    private void Settle(string seed)
    {
        // Longer than the sessions of the dead.
        for (var round = 0; round < 60; round++)
        {
            PassTime();
            CheckUse($"{seed}, at the end, round {round}");
        }

        var wishes = _consumers.Where(one => one.IsAlive).SelectMany(one => one.Topics).Concat(_classics.Where(one => one.IsAlive).SelectMany(one => one.Topics)).ToHashSet();
        var wanted = _story.Topics.Topics.Where(topic => wishes.Contains(topic.Name)).SelectMany(topic => Enumerable.Range(0, topic.PartitionCount).Select(p => new TopicIdPartition(topic.Id, p)));
        PartitionSet.Of(_consumers.SelectMany(one => one.Used.All).Concat(_classics.SelectMany(one => one.Used.All))).ShouldBe(PartitionSet.Of(wanted), seed);
        if (_consumers.Any(one => one.IsAlive))
            _story.Kind.ShouldBe(GroupKind.Consumer, seed);
        else if (_classics.Any(one => one.IsAlive))
            _story.Kind.ShouldBe(GroupKind.Classic, seed);
    }

    private string[] SomeTopics() => [.. _names.Where(_ => _random.Next(3) > 0)];
}
