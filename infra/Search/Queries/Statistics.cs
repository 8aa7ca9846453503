using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

/// <summary>How frequent terms are in an index: what BM25 weighs them by. Replaced documents count until they are merged away, as in Lucene.</summary>
internal sealed class Statistics(Searcher searcher)
{
    private const double Saturation = 1.2;      // k1
    private const double LengthWeight = 0.75;   // b

    /// <summary>What each occurrence of a term is worth, from how few documents have it.</summary>
    public float InverseFrequency(Field field, ReadOnlySpan<byte> term)
    {
        var (documents, having) = (0L, 0L);
        foreach (var leaf in searcher.Leaves)
        {
            if (leaf.Segment.Find<DictionaryData>(field) is not { } data)
                continue;
            documents += data.Summary.DocumentCount;
            if (data.Find(term) is >= 0 and var ordinal)
                having += data.Frequency(ordinal);
        }

        return (float)Math.Log(1 + ((documents - having + 0.5) / (having + 0.5)));
    }

    public double AverageLength(Field field)
    {
        var (documents, occurrences) = (0L, 0L);
        foreach (var leaf in searcher.Leaves)
        {
            if (leaf.Segment.Find(field) is { Summary: { } summary })
                (documents, occurrences) = (documents + summary.DocumentCount, occurrences + summary.OccurrenceCount);
        }

        return documents == 0 ? 1 : (double)occurrences / documents;
    }

    /// <summary>The part of a term's worth that a document earns, by how often and within how many words; up to 2.2, as Elasticsearch scales it.</summary>
    public static float Share(float frequency, double length, double averageLength) =>
        (float)((Saturation + 1) * frequency / (frequency + (Saturation * (1 - LengthWeight + (LengthWeight * length / averageLength)))));
}
