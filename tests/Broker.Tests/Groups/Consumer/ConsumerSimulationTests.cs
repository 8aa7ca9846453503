using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>Members that come, go, die, return and change their minds, topics that come, grow and go, lost answers and restarts of the broker, all from a seed.</summary>
public sealed class ConsumerSimulationTests
{
    private static readonly string[] _names = ["clicks", "orders", "refunds", "visits"];

    private readonly ConsumerStory _story = new();
    private readonly List<SimulatedConsumer> _consumers = [];
    private Random _random = new(0);
    private int _epoch;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nobody_shares_a_partition_and_in_the_end_everything_is_shared_out(int seed)
    {
        _random = new Random(seed);
        foreach (var name in _names.Take(2))
            _story.Topics.Put(name, _random.Next(1, 8));
        for (var i = 0; i < 6; i++)
            _consumers.Add(new SimulatedConsumer(_story.Send, $"c{i}", i < 2 ? $"host-{i}" : null, SomeTopics()));

        for (var step = 0; step < 300; step++)
        {
            Do(_random.Next(30));
            Check($"seed {seed}, step {step}");
        }

        Settle(seed);
        CheckShares($"seed {seed}");
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    private void Do(int what)
    {
        var someone = _consumers[_random.Next(_consumers.Count)];
        var name = _names[_random.Next(_names.Length)];
        switch (what)
        {
            case 0 when someone.IsAlive:
                someone.Die();
                break;
            case 1 when someone.IsAlive:
                someone.Leave();
                break;
            case 2 or 3 when !someone.IsAlive:
                someone.Start();
                break;
            case 4 when someone.IsAlive:
                someone.Subscribe(SomeTopics());
                break;
            case 5:
                _story.Topics.Put(name, (_story.Topics.FindShape(name)?.PartitionCount ?? 0) + _random.Next(1, 4));
                break;
            case 6 when _random.Next(3) == 0:
                _story.Topics.Delete(name);
                break;
            case 7:
                _story.Restart();
                break;
            case < 12:
                PassTime();
                break;
            default:
                if (someone.IsAlive)
                    someone.Beat(_random, isAnswerLost: _random.Next(10) == 0);
                break;
        }
    }

    /// <summary>As long as a member may be silent between two heartbeats.</summary>
    private void PassTime()
    {
        _story.Pass(TimeSpan.FromSeconds(5));
        foreach (var consumer in _consumers.Where(consumer => consumer.IsAlive))
            consumer.Beat(_random, isAnswerLost: _random.Next(10) == 0);
    }

    private void Check(string when)
    {
        var state = _story.Group.Remembered;
        state.Epoch.ShouldBeGreaterThanOrEqualTo(_epoch, when);
        state.TargetEpoch.ShouldBeLessThanOrEqualTo(state.Epoch, when);
        _epoch = state.Epoch;
        ConsumerGroupChanges.Between("orders", _story.Journaled, state).ShouldBeEmpty(when);

        var held = state.Standings.Values.SelectMany(standing => standing.Held).ToList();
        held.Distinct().Count().ShouldBe(held.Count, $"{when}: a partition is held by two members");
        var used = _consumers.SelectMany(consumer => consumer.Used.All).ToList();
        used.Distinct().Count().ShouldBe(used.Count, $"{when}: a partition is read by two consumers");
    }

    private void Settle(int seed)
    {
        // Longer than the sessions of the dead.
        for (var round = 0; round < 40; round++)
        {
            _story.Pass(TimeSpan.FromSeconds(5));
            foreach (var consumer in _consumers.Where(consumer => consumer.IsAlive))
                consumer.Beat(_random);
            Check($"seed {seed}, at the end, round {round}");
        }

        _story.Group.State.ShouldBe(_consumers.Any(consumer => consumer.IsAlive) ? GroupState.Stable : GroupState.Empty, $"seed {seed}");
    }

    private void CheckShares(string when)
    {
        var alive = _consumers.Where(consumer => consumer.IsAlive).ToList();
        var wanted = _story.Topics.Topics.Where(topic => alive.Any(consumer => consumer.Topics.Contains(topic.Name)))
            .SelectMany(topic => Enumerable.Range(0, topic.PartitionCount).Select(p => new TopicIdPartition(topic.Id, p)));
        PartitionSet.Of(alive.SelectMany(consumer => consumer.Used.All)).ShouldBe(PartitionSet.Of(wanted), when);

        foreach (var (more, less) in alive.SelectMany(more => alive.Select(less => (more, less))).Where(pair => pair.more.Used.Count >= pair.less.Used.Count + 2))
            more.Used.All.ShouldNotContain(p => less.Topics.Contains(_story.Topics.FindShape(p.TopicId)!.Name), $"{when}: {more.MemberId} has too much, {less.MemberId} too little");
    }

    private string[] SomeTopics() => [.. _names.Where(_ => _random.Next(3) > 0)];
}
