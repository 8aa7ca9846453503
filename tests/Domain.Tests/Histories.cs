namespace Streaming.Domain.Tests;

/// <summary>What holds after any commands whatsoever, for any decider; a context adds what holds for its own. A failure names its seed.</summary>
/// <param name="histories">How many aggregates are tried, each by a seed of its own.</param>
public abstract class Histories<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, int histories, int commandsPerHistory)
    where TCommand : notnull
    where TEvent : notnull
{
    [Fact]
    public void Deciding_again_gives_the_same()
    {
        foreach (var (command, state, seed) in Decisions())
        {
            var (once, again) = (decider.Decide(command, state), decider.Decide(command, state));
            Holds(again.Events.SequenceEqual(once.Events) && again.Refusal == once.Refusal, seed, command);
        }
    }

    [Fact]
    public void A_refusal_says_which_rule_and_what_would_be_accepted()
    {
        foreach (var (command, state, seed) in Decisions())
        {
            if (decider.Decide(command, state).Refusal is not { } refusal)
                continue;
            Holds(refusal.Code.All(c => c is '-' or (>= 'a' and <= 'z')), seed, refusal);
            Holds(refusal.Reason.Contains(": ", StringComparison.Ordinal), seed, refusal);
        }
    }

    /// <summary>A command that this state may meet, sensible or not.</summary>
    private protected abstract TCommand RandomCommand(Random random, TState state);

    /// <summary>Checks each event with the state after it, and the sum of all that its history's events changed so far.</summary>
    private protected void AfterEveryEvent<TSum>(TSum zero, Func<TSum, TEvent, TSum> add, Action<TState, TEvent, TSum, int> check)
    {
        var (sum, lastSeed) = (zero, -1);
        foreach (var (command, before, seed) in Decisions())
        {
            if (seed != lastSeed)
                (sum, lastSeed) = (zero, seed);
            var state = before;
            foreach (var happened in decider.Decide(command, before).Events)
            {
                state = decider.Evolve(state, happened);
                sum = add(sum, happened);
                check(state, happened, sum, seed);
            }
        }
    }

    // Formats its message only when it is needed: there are a hundred thousand events.
    private protected static void Holds(bool holds, int seed, object subject)
    {
        if (!holds)
            Assert.Fail($"seed {seed}: {subject}");
    }

    // Every command of every history with the state that it finds, one history per seed.
    private IEnumerable<(TCommand Command, TState State, int Seed)> Decisions()
    {
        var first = Environment.TickCount & 0xFFFFFF;
        for (var seed = first; seed < first + histories; seed++)
        {
            var random = new Random(seed);
            var state = decider.Initial;
            for (var i = 0; i < commandsPerHistory; i++)
            {
                var command = RandomCommand(random, state);
                yield return (command, state, seed);
                state = decider.Decide(command, state).Events.Aggregate(state, decider.Evolve);
            }
        }
    }
}
