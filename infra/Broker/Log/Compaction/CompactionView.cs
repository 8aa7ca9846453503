namespace Streaming.Broker.Log.Compaction;

/// <summary>A log as compaction finds it at one moment.</summary>
/// <param name="KeptByProducer">Last offset of the batch in which each producer's state is.</param>
internal sealed record CompactionView(
    string Folder, CleanablePart Part, IReadOnlyList<LogSegment> Segments, IReadOnlyList<AbortedTransaction> Aborted,
    IReadOnlyDictionary<long, long> KeptByProducer)
{
    /// <summary>The segments before an offset in groups that become one segment each: compaction leaves small ones behind, and files cost.</summary>
    /// <returns>Each group with the offset at which the segment after it begins.</returns>
    public IEnumerable<(IReadOnlyList<LogSegment> Segments, long UntilOffset)> Groups(long endOffset, LogSettings settings)
    {
        var group = new List<LogSegment>();
        for (var i = 0; i < Segments.Count - 1 && Segments[i].BaseOffset < endOffset; i++)
        {
            group.Add(Segments[i]);
            var next = Segments[i + 1];
            var following = i + 2 < Segments.Count ? Segments[i + 2].BaseOffset : long.MaxValue;
            var hasRoom = group.Sum(segment => (long)segment.SizeBytes) + next.SizeBytes <= settings.SegmentBytes
                && group.Sum(segment => segment.IndexBytes) + next.IndexBytes <= settings.IndexBytesMax
                && following - group[0].BaseOffset <= int.MaxValue;
            if (hasRoom && next.BaseOffset < endOffset)
                continue;
            yield return ([.. group], next.BaseOffset);
            group.Clear();
        }
    }
}
