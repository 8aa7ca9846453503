using Streaming.Lake.Delta;
using Streaming.LakeSink.Tables;

namespace Streaming.LakeSink.Generations;

/// <summary>Ranges of offsets in which two generations differ, few enough to look at their rows at once.</summary>
internal sealed class DifferingRanges
{
    private const int RowsMax = 400_000;

    private readonly Dictionary<Place, (RangeSums Sums, HashSet<int> Ranges, long First, long Last)> _places = [];

    public static IEnumerable<DifferingRanges> Of(IEnumerable<Place> places, Func<Place, (RangeSums Left, RangeSums Right)> sumsOf)
    {
        var (ranges, rows) = (new DifferingRanges(), 0L);
        foreach (var place in places)
        {
            var (left, right) = sumsOf(place);
            foreach (var (range, rowCount) in left.Differing(right))
            {
                if (rows > 0 && rows + rowCount > RowsMax)
                {
                    yield return ranges;
                    (ranges, rows) = (new DifferingRanges(), 0);
                }
                ranges.Add(place, left, range);
                rows += rowCount;
            }
        }
        if (rows > 0)
            yield return ranges;
    }

    public bool Contains(Place place, long offset) =>
        _places.TryGetValue(place, out var there) && offset < there.Sums.Below && there.Ranges.Contains(there.Sums.RangeOf(offset));

    public bool MayHold(AddFile file)
    {
        var (partitions, offsets) = (FileStats.Bounds(file, EventSchemas.Partition), FileStats.Bounds(file, EventSchemas.Offset));
        return _places.Any(place =>
            (partitions is not { } some || (some.Min <= place.Key.Partition && place.Key.Partition <= some.Max))
            && (offsets is not { } at || (at.Min <= place.Value.Last && place.Value.First <= at.Max)));
    }

    // Ranges come in their order.
    private void Add(Place place, RangeSums sums, int range)
    {
        var (first, last) = sums.OffsetsOf(range);
        if (!_places.TryGetValue(place, out var there))
            there = (sums, [], first, last);
        there.Ranges.Add(range);
        _places[place] = there with { Last = last };
    }
}
