namespace Streaming.Commands.Deciding;

/// <summary>When to warn of an aggregate's length: at a threshold, and at each doubling of it.</summary>
internal static class StreamLength
{
    /// <summary>Whether an aggregate that had <paramref name="before"/> events, and has <paramref name="after"/>, is to be warned of.</summary>
    public static bool IsNoteworthy(long before, long after, long threshold)
    {
        if (after < threshold)
            return false;
        return before < threshold || long.Log2(after / threshold) > long.Log2(before / threshold);
    }
}
