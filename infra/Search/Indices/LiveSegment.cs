using Streaming.Search.Segments;

namespace Streaming.Search.Indices;

/// <summary>A segment with what has been replaced in it since it was written.</summary>
/// <param name="working">Documents that are the newest of their id, now.</param>
/// <param name="published">The same as searches see it: as of the last refresh.</param>
internal sealed class LiveSegment(Segment segment, ulong[] working, ulong[] published)
{
    private ulong[]? _visible;

    public Segment Segment { get; } = segment;

    public ulong[] Working { get; } = working;

    public ulong[] Published { get; private set; } = published;

    public bool IsDirty { get; private set; } = !working.AsSpan().SequenceEqual(published);

    /// <summary>A power cut would not take it.</summary>
    public bool IsOnDisk { get; set; }

    public bool IsMerging { get; set; }

    /// <summary>What searches find: published, and no stubs.</summary>
    public ulong[] Visible
    {
        get
        {
            if (_visible is { } known)
                return known;
            var visible = Published.AsSpan().ToArray();
            Bits.Subtract(visible, Segment.Stubs);
            return _visible = visible;
        }
    }

    public void Kill(int document)
    {
        Bits.Remove(Working, document);
        IsDirty = true;
    }

    public void Publish()
    {
        if (!IsDirty)
            return;
        (Published, _visible, IsDirty) = (Working.AsSpan().ToArray(), null, false);
    }
}
