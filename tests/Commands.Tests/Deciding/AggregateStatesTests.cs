using Streaming.Commands.Deciding;

namespace Streaming.Commands.Tests.Deciding;

public sealed class AggregateStatesTests
{
    private readonly AggregateStates<string> _states = new("");

    [Fact]
    public void An_aggregate_that_nothing_happened_to_is_initial() => _states.Find("A").ShouldBe(new("", 0));

    [Fact]
    public void A_change_is_seen_at_once_and_stays_when_accepted()
    {
        _states.Change("A", new("x", 1));
        _states.Find("A").ShouldBe(new("x", 1));
        _states.Accept();
        _states.Drop();
        _states.Find("A").ShouldBe(new("x", 1));
    }

    [Fact]
    public void Dropping_takes_back_every_change_since_the_last_accepted_batch()
    {
        _states.Restore("A", new("a", 5));
        _states.Change("A", new("b", 6));
        _states.Change("A", new("c", 7));
        _states.Change("B", new("d", 1));
        _states.Drop();
        _states.Find("A").ShouldBe(new("a", 5));
        _states.Find("B").ShouldBe(new("", 0));
        _states.Count.ShouldBe(1);
    }
}
