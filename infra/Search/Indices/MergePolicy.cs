using Streaming.Search.Segments;

namespace Streaming.Search.Indices;

/// <summary>Which segments are worth merging: eight of about one size, or one of which much was replaced.</summary>
internal static class MergePolicy
{
    public const int SegmentsPerTier = 8;
    private const long SmallestTierBytes = 2 << 20;
    private const long MergedBytesMax = 1L << 30;
    private const double ReplacedShareMax = 0.4;

    public static List<LiveSegment> Choose(IReadOnlyList<LiveSegment> segments)
    {
        var tiers = segments.Where(live => !live.IsMerging && live.Segment.SizeBytes < MergedBytesMax)
            .GroupBy(live => TierOf(live.Segment.SizeBytes)).OrderBy(tier => tier.Key);
        foreach (var tier in tiers)
        {
            if (tier.Count() >= SegmentsPerTier)
                return Limit(tier);
        }

        var worn = segments.Where(live => !live.IsMerging).OrderByDescending(ReplacedShare).FirstOrDefault();
        return worn is not null && ReplacedShare(worn) > ReplacedShareMax ? [worn] : [];
    }

    private static List<LiveSegment> Limit(IEnumerable<LiveSegment> tier)
    {
        var (chosen, bytes) = (new List<LiveSegment>(), 0L);
        foreach (var live in tier.Take(2 * SegmentsPerTier))
        {
            if (chosen.Count >= 2 && bytes + live.Segment.SizeBytes > 2 * MergedBytesMax)
                break;
            chosen.Add(live);
            bytes += live.Segment.SizeBytes;
        }

        return chosen;
    }

    private static int TierOf(long bytes)
    {
        var tier = 0;
        for (var limit = SmallestTierBytes; bytes > limit; limit *= SegmentsPerTier)
            tier++;
        return tier;
    }

    private static double ReplacedShare(LiveSegment live) => 1 - ((double)Bits.Count(live.Published) / Math.Max(live.Segment.DocumentCount, 1));
}
