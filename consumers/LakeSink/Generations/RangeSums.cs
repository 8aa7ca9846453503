namespace Streaming.LakeSink.Generations;

/// <summary>How many rows of a partition there are, and the sum of their hashes, by ranges of offsets: where two sums are equal, the rows are, in any order.</summary>
/// <param name="below">The offset before which rows are compared.</param>
internal sealed class RangeSums(long below)
{
    private const int RangesMax = 4_096;

    private readonly long _width = Math.Max(1, (below + RangesMax - 1) / RangesMax);
    private readonly long[] _counts = new long[Math.Min(below, RangesMax)];
    private readonly ulong[] _sums = new ulong[Math.Min(below, RangesMax)];

    public long Below => below;

    /// <summary>Rows that were compared.</summary>
    public long Count => _counts.Sum();

    /// <summary>Rows that were not, because the other side is not so far.</summary>
    public long MovedCount { get; private set; }

    /// <summary>For the report; null where there is nothing.</summary>
    public string? Checksum => Count == 0 ? null : _sums.Aggregate(0UL, (sum, next) => unchecked(sum + next)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public void Add(long offset, ulong hash)
    {
        if (offset >= below)
        {
            MovedCount++;
            return;
        }
        var range = RangeOf(offset);
        _counts[range]++;
        _sums[range] += hash;
    }

    public int RangeOf(long offset) => (int)(offset / _width);

    /// <summary>The ranges in which the other side has something else, with how many rows the two have there.</summary>
    public IEnumerable<(int Range, long Rows)> Differing(RangeSums other) => Enumerable.Range(0, _sums.Length)
        .Where(range => _counts[range] != other._counts[range] || _sums[range] != other._sums[range])
        .Select(range => (range, _counts[range] + other._counts[range]));

    /// <summary>The first and the last offset of a range.</summary>
    public (long First, long Last) OffsetsOf(int range) => (range * _width, ((range + 1) * _width) - 1);
}
