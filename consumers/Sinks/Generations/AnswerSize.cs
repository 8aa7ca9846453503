using Streaming.Contracts.Control;

namespace Streaming.Sinks.Generations;

/// <summary>Keeps an answer well below the size of a record that any cluster takes: a comparison may have found long values in many parts.</summary>
internal static class AnswerSize
{
    private const int ExampleCharactersMax = 200_000;

    /// <summary>The same with as many examples as there is room for, each part's first ones first.</summary>
    public static GenerationComparison Bound(GenerationComparison comparison)
    {
        var room = ExampleCharactersMax;
        var kept = comparison.Parts.ToDictionary(part => part.Name, _ => new List<EntryDifference>());
        for (var rank = 0; comparison.Parts.Any(part => part.Examples.Count > rank); rank++)
        {
            foreach (var part in comparison.Parts.Where(part => part.Examples.Count > rank))
            {
                var example = part.Examples[rank];
                room -= example.Key.Length + (example.Left?.Length ?? 0) + (example.Right?.Length ?? 0) + 50;
                if (room > 0)
                    kept[part.Name].Add(example);
            }
        }

        return comparison with { Parts = [.. comparison.Parts.Select(part => part with { Examples = kept[part.Name] })] };
    }
}
