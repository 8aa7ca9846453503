using Streaming.Sinks.Simulation.Destinations;

namespace Streaming.Sinks.Simulation;

/// <summary>What a round came to.</summary>
/// <param name="Violations">What was broken, each in one sentence; none when every promise was kept.</param>
/// <param name="Schedule">Everything that was done, step by step: the same for the same seed.</param>
/// <param name="Faults">How often what went wrong.</param>
/// <param name="EventCount">Events that the destination had to end with.</param>
public sealed record RoundResult(
    Kind Kind, int Seed, IReadOnlyList<string> Violations, IReadOnlyList<string> Schedule, IReadOnlyDictionary<string, int> Faults, int EventCount)
{
    public override string ToString() => $"{Kind}, seed {Seed}:\n  {string.Join("\n  ", Violations)}\nafter\n  {string.Join("\n  ", Schedule)}";
}
