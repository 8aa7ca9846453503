namespace Streaming.Domain.Tests;

/// <summary>Given events, when a command, then events or a refusal: a decider's tests in the words of its rules.</summary>
internal sealed class Scenario<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, params TEvent[] given)
{
    public Outcome When(TCommand command)
    {
        var state = given.Aggregate(decider.Initial, decider.Evolve);
        var decision = decider.Decide(command, state);
        return new(decision, decision.Events.Aggregate(state, decider.Evolve));
    }

    internal sealed class Outcome(Decision<TEvent> decision, TState after)
    {
        public Outcome Then(params TEvent[] expected)
        {
            decision.Refusal.ShouldBeNull();
            decision.Events.ShouldBe(expected);
            return this;
        }

        public Outcome ThenRefused(string code, string saying)
        {
            var refusal = decision.Refusal.ShouldNotBeNull();
            decision.Events.ShouldBeEmpty();
            refusal.Code.ShouldBe(code);
            refusal.Reason.ShouldContain(saying);
            return this;
        }

        public void AndState(TState expected) => after.ShouldBe(expected);
    }
}
