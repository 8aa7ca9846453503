using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

/// <summary>Documents in which words follow each other just so.</summary>
internal sealed class PhraseQuery(Field field, IReadOnlyList<byte[]> words) : Query
{
    public override ulong[] Match(Leaf leaf, float[]? scores, Statistics statistics)
    {
        var matches = Bits.None(leaf.DocumentCount);
        if (leaf.Segment.Find<WordsData>(field) is not { } data)
            return matches;
        var worth = scores is null ? 0 : Boost * words.Sum(word => statistics.InverseFrequency(field, word));
        var averageLength = scores is null ? 1 : statistics.AverageLength(field);
        foreach (var (document, starts) in Starts(data))
        {
            Bits.Add(matches, document);
            if (scores is not null)
                scores[document] += worth * Statistics.Share(starts.Count, data.Lengths[document], averageLength);
        }

        return matches;
    }

    /// <summary>Where the phrase begins, by document: word after word leaves fewer of them.</summary>
    private Dictionary<int, List<int>> Starts(WordsData data)
    {
        Dictionary<int, List<int>>? starts = null;
        var positions = new Growing<int>();
        for (var word = 0; word < words.Count; word++)
        {
            if (data.Find(words[word]) is not (>= 0 and var ordinal))
                return [];
            var next = new Dictionary<int, List<int>>();
            var occurrences = data.OccurrencesOf(ordinal);
            while (occurrences.MoveNext())
            {
                List<int>? before = null;
                if (starts is not null && !starts.TryGetValue(occurrences.Document, out before))
                    continue;
                occurrences.TakePositions(positions);
                if (Continue(before, positions.Items, word) is { Count: > 0 } left)
                    next.Add(occurrences.Document, left);
            }

            starts = next;
        }

        return starts ?? [];
    }

    private static List<int> Continue(List<int>? starts, ReadOnlySpan<int> positions, int word)
    {
        var left = new List<int>();
        foreach (var position in positions)
        {
            if (starts is null || starts.BinarySearch(position - word) >= 0)
                left.Add(position - word);
        }

        return left;
    }
}
