using Streaming.Search.Indices;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

/// <summary>All of some, none of others, and so many of a third kind.</summary>
/// <param name="minimumShould">How many of <paramref name="should"/> must match; 0: they only raise the score.</param>
internal sealed class BoolQuery(
    IReadOnlyList<Query> must, IReadOnlyList<Query> filter, IReadOnlyList<Query> should, IReadOnlyList<Query> mustNot, int minimumShould) : Query
{
    public override ulong[] Match(Leaf leaf, float[]? scores, Statistics statistics)
    {
        // Of its own: what a part adds for documents that another part refuses must not reach the questions around this one.
        var inner = scores is null ? null : new float[leaf.DocumentCount];
        var matches = Bits.All(leaf.DocumentCount);
        foreach (var query in must)
            Bits.Intersect(matches, query.Match(leaf, inner, statistics));
        foreach (var query in filter)
            Bits.Intersect(matches, query.Match(leaf, null, statistics));
        foreach (var query in mustNot)
            Bits.Subtract(matches, query.Match(leaf, null, statistics));
        if (should.Count > 0 && (inner is not null || minimumShould > 0))
            MatchShould(leaf, inner, statistics, matches);
        if (scores is not null)
        {
            foreach (var document in Bits.Walk(matches))
                scores[document] += inner![document] * Boost;
        }

        return matches;
    }

    private void MatchShould(Leaf leaf, float[]? scores, Statistics statistics, ulong[] matches)
    {
        var sets = should.Select(query => query.Match(leaf, scores, statistics)).ToList();
        if (minimumShould == 0)
            return;
        if (minimumShould == 1)
        {
            var any = Bits.None(leaf.DocumentCount);
            sets.ForEach(set => Bits.Unite(any, set));
            Bits.Intersect(matches, any);
            return;
        }

        foreach (var document in Bits.Walk(matches.AsSpan().ToArray()))
        {
            if (sets.Count(set => Bits.Has(set, document)) < minimumShould)
                Bits.Remove(matches, document);
        }
    }
}
