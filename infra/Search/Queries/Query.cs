using Streaming.Search.Indices;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

/// <summary>What documents are asked for. Evaluated segment by segment.</summary>
internal abstract class Query
{
    public float Boost { get; set; } = 1;

    /// <summary>The documents of the segment that match, whether or not something newer has replaced them; the caller may change the set.</summary>
    /// <param name="scores">Where what a match is worth is added, by document; null when nobody asks. What is added for others does no harm.</param>
    public abstract ulong[] Match(Leaf leaf, float[]? scores, Statistics statistics);
}

/// <summary>A question whose every match is worth the same.</summary>
internal abstract class ConstantQuery : Query
{
    public sealed override ulong[] Match(Leaf leaf, float[]? scores, Statistics statistics)
    {
        var matches = Match(leaf);
        if (scores is not null)
        {
            foreach (var document in Bits.Walk(matches))
                scores[document] += Boost;
        }

        return matches;
    }

    protected abstract ulong[] Match(Leaf leaf);
}
