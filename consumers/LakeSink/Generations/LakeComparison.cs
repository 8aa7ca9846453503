using Streaming.Contracts.Control;
using Streaming.Lake.Delta;

namespace Streaming.LakeSink.Generations;

/// <summary>Compares two generations table after table, while both may be written to.</summary>
/// <param name="openLeft">Looks at the one, as it is at that moment.</param>
/// <param name="openRight">And at the other.</param>
internal sealed class LakeComparison(Func<CancellationToken, Task<GenerationView>> openLeft, Func<CancellationToken, Task<GenerationView>> openRight)
{
    private const int TriesPerTableMax = 5;

    /// <exception cref="MissingFileException">A table has lost a file at each try.</exception>
    public async Task<IReadOnlyList<PartComparison>> RunAsync(int examplesMax, CancellationToken cancellationToken)
    {
        var (left, right) = (await openLeft(cancellationToken), await openRight(cancellationToken));
        var parts = new List<PartComparison>();
        foreach (var name in left.Tables.Keys.Union(right.Tables.Keys).Order(StringComparer.Ordinal).ToList())
        {
            for (var attempt = 1; parts.LastOrDefault()?.Name != name; attempt++)
            {
                try
                {
                    parts.Add(await new TableComparison(name, left, right).CompareAsync(examplesMax, cancellationToken));
                }
                catch (MissingFileException) when (attempt < TriesPerTableMax)
                {
                    // An erasure removes files at once, also from under who reads them. Tables that are done stay done: erasures may come as long as it takes.
                    (left, right) = (await openLeft(cancellationToken), await openRight(cancellationToken));
                }
            }
        }
        return parts;
    }
}
