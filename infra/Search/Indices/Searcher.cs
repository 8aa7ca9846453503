using Streaming.Search.Segments;

namespace Streaming.Search.Indices;

/// <summary>An index as of one refresh. Held while it is read.</summary>
internal sealed class Searcher : IDisposable
{
    private int _holders = 1;

    /// <summary>Holds the segments, too.</summary>
    public Searcher(IEnumerable<LiveSegment> segments)
    {
        Leaves = [.. segments.Select(live => new Leaf(live.Segment, live.Visible))];
        foreach (var leaf in Leaves)
        {
            if (!leaf.Segment.TryHold())
                throw new InvalidOperationException($"{leaf.Segment.Path} is closed.");
        }
    }

    public IReadOnlyList<Leaf> Leaves { get; }

    public bool TryHold()
    {
        for (var holders = Volatile.Read(ref _holders); holders > 0; holders = Volatile.Read(ref _holders))
        {
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
                return true;
        }

        return false;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        foreach (var leaf in Leaves)
            leaf.Segment.Dispose();
    }
}

/// <summary>A segment and the documents of it that a search finds.</summary>
internal sealed record Leaf(Segment Segment, ulong[] Visible)
{
    public int DocumentCount => Segment.DocumentCount;
}
