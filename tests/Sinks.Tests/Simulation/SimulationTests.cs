using Streaming.Sinks.Simulation;
using Streaming.Sinks.Simulation.Destinations;

namespace Streaming.Sinks.Tests.Simulation;

/// <summary>Exactly once in each kind of destination, whatever goes wrong: some rounds of what <c>make chaos</c> does a thousand times.</summary>
public sealed class SimulationTests
{
    private const int RoundCount = 30;

    private const int FirstSeed = 1;

    [Theory]
    [InlineData(Kind.Rows)]
    [InlineData(Kind.Documents)]
    [InlineData(Kind.Tables)]
    public void Every_destination_equals_the_fold_of_the_log(Kind kind)
    {
        for (var round = 0; round < RoundCount; round++)
        {
            var result = Round.Run(kind, FirstSeed + round);
            result.Violations.ShouldBeEmpty(result.ToString());
        }
    }

    [Theory]
    [InlineData(Kind.Rows, Bug.ForgetsTheFence)]
    [InlineData(Kind.Documents, Bug.SavesTheCheckpointFirst)]
    [InlineData(Kind.Tables, Bug.IgnoresTransactions)]
    [InlineData(Kind.Documents, Bug.ForgetsWhoMayPark)]
    public void A_sink_that_breaks_its_promise_is_found(Kind kind, Bug bug) =>
        Enumerable.Range(1, 100).ShouldContain(seed => Round.Run(kind, seed, bug).Violations.Count > 0);

    [Fact]
    public void The_same_seed_gives_the_same_round() => Round.Run(Kind.Documents, 7).Schedule.ShouldBe(Round.Run(Kind.Documents, 7).Schedule);
}
