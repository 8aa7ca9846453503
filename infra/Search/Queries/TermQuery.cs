using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

/// <summary>Documents with a term, worth the more the rarer it is, the oftener it occurs, and the shorter the text (BM25).</summary>
internal sealed class TermQuery(Field field, byte[] term) : Query
{
    public override ulong[] Match(Leaf leaf, float[]? scores, Statistics statistics)
    {
        var matches = Bits.None(leaf.DocumentCount);
        if (leaf.Segment.Find<DictionaryData>(field) is not { } data || data.Find(term) is not (>= 0 and var ordinal))
            return matches;
        var worth = scores is null ? 0 : Boost * statistics.InverseFrequency(field, term);
        if (data is TermsData whole)
        {
            // A keyword counts as one word, of however many values its document has.
            var score = worth * Statistics.Share(1, 1, scores is null ? 1 : statistics.AverageLength(field));
            foreach (var document in whole.DocumentsOf(ordinal))
            {
                Bits.Add(matches, document);
                if (scores is not null)
                    scores[document] += score;
            }

            return matches;
        }

        Match((WordsData)data, ordinal, matches, scores, worth, scores is null ? 1 : statistics.AverageLength(field));
        return matches;
    }

    private static void Match(WordsData data, int ordinal, ulong[] matches, float[]? scores, float worth, double averageLength)
    {
        var lengths = data.Lengths;
        var occurrences = data.OccurrencesOf(ordinal);
        while (occurrences.MoveNext())
        {
            Bits.Add(matches, occurrences.Document);
            if (scores is not null)
                scores[occurrences.Document] += worth * Statistics.Share(occurrences.Frequency, lengths[occurrences.Document], averageLength);
        }
    }
}
