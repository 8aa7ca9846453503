using Streaming.Search.Documents;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Indices;

/// <summary>Where an index's documents are: in segments, and in memory until the next refresh. Everything here happens under <see cref="Gate"/>.</summary>
/// <remarks>An id has one live document at most, wherever it lies: whoever adds a newer one kills it.</remarks>
internal sealed class DocumentSpace
{
    public Lock Gate { get; } = new();

    /// <summary>What came since the last refresh began.</summary>
    public SegmentBuilder Building { get; private set; } = new();

    /// <summary>What a refresh is making a segment of; null when none is.</summary>
    public SegmentBuilder? Frozen { get; private set; }

    public List<LiveSegment> Segments { get; } = [];

    public long NextSequence { get; set; }

    private SegmentBuilder? Spare { get; set; }

    public Location Find(ReadOnlySpan<byte> id, uint hash)
    {
        var document = Building.Find(id, hash);
        if (document >= 0)
            return Of(Building, document);
        document = Frozen?.Find(id, hash) ?? -1;
        if (document >= 0)
            return Of(Frozen!, document);
        for (var i = Segments.Count - 1; i >= 0; i--)
        {
            var live = Segments[i];
            document = live.Segment.Find(id, hash, live.Working);
            if (document >= 0)
                return new Location(null, live, document, live.Segment.Versions[document], live.Segment.Sequences[document]);
        }

        return Location.None;
    }

    public void Add(
        in Location before, ReadOnlySpan<byte> id, uint hash, long version, long sequence, ReadOnlySpan<byte> source, ParsedDocument parsed, IndexMapping mapping)
    {
        before.Kill();
        Building.Add(id, hash, version, sequence, source, parsed, mapping);
    }

    public void AddStub(in Location before, ReadOnlySpan<byte> id, uint hash, long version, long sequence)
    {
        before.Kill();
        Building.AddStub(id, hash, version, sequence);
    }

    /// <summary>Begins a refresh: all segments are published as they are now, and what is in memory waits to become one. Null: nothing has changed.</summary>
    public (SegmentBuilder Frozen, ulong[] Published)? Freeze()
    {
        if (Building.DocumentCount == 0)
        {
            Spare = null;   // An index that rests holds no memory for the next storm.
            return null;
        }

        Frozen = Building;
        Building = Spare ?? new SegmentBuilder();
        Spare = null;
        foreach (var segment in Segments)
            segment.Publish();
        return (Frozen, Frozen.Live.ToArray());
    }

    public void Thaw(Segment written, ulong[] published)
    {
        Segments.Add(new LiveSegment(written, Frozen!.Live.ToArray(), published));
        Spare = Frozen;
        Spare.Clear();
        Frozen = null;
    }

    private static Location Of(SegmentBuilder builder, int document) =>
        Bits.Has(builder.Live, document) ? new Location(builder, null, document, builder.Versions[document], builder.Sequences[document]) : Location.None;
}

/// <summary>Where the newest document of an id lies.</summary>
/// <param name="StoredVersion">Of a stub: the complement.</param>
internal readonly record struct Location(SegmentBuilder? Builder, LiveSegment? Live, int Document, long StoredVersion, long Sequence)
{
    public static Location None => new(null, null, -1, 0, -1);

    public Current Current => Document < 0 ? default : StoredVersion < 0 ? new Current(~StoredVersion, Sequence, IsThere: false) : new Current(StoredVersion, Sequence, IsThere: true);

    public void Kill()
    {
        Builder?.Kill(Document);
        Live?.Kill(Document);
    }
}
