using Streaming.Sinks.Simulation.Destinations;

namespace Streaming.Sinks.Simulation;

/// <summary>Many rounds, each with a seed of its own, the kinds of destinations in turn.</summary>
public static class Rounds
{
    private static readonly Kind[] _kinds = Enum.GetValues<Kind>();

    /// <summary>Runs them, and writes what was done.</summary>
    /// <param name="firstSeed">Of the first round; each further one has the next.</param>
    /// <returns>Those that broke a promise.</returns>
    public static IReadOnlyList<RoundResult> Run(int firstSeed, int count, TextWriter output, CancellationToken cancellationToken)
    {
        var results = new List<RoundResult>();
        for (var seed = firstSeed; seed < firstSeed + count && !cancellationToken.IsCancellationRequested; seed++)
            results.Add(Round.Run(_kinds[seed % _kinds.Length], seed));

        foreach (var fault in results.SelectMany(result => result.Faults).GroupBy(fault => fault.Key).OrderBy(fault => fault.Key))
            output.WriteLine($"  {fault.Sum(round => round.Value),6} × {fault.Key}");
        foreach (var kind in results.GroupBy(result => result.Kind).OrderBy(kind => kind.Key))
            output.WriteLine($"  {kind.Count(),6} rounds on {kind.Key}, {kind.Sum(result => result.EventCount)} events held in the end");
        return [.. results.Where(result => result.Violations.Count > 0)];
    }
}
