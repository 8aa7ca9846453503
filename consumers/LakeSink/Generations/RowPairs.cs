using Streaming.Contracts.Control;

namespace Streaming.LakeSink.Generations;

/// <summary>What a row is found by, in both generations.</summary>
internal readonly record struct RowKey(Place Place, long Offset)
{
    public override string ToString() => $"{Place.Topic}-{Place.Partition}@{Offset}";
}

/// <summary>Rows of both sides beside each other.</summary>
internal sealed class RowPairs
{
    private readonly Dictionary<RowKey, Pair> _pairs = [];

    public void AddLeft(ScannedRow row, DifferingRanges ranges)
    {
        if (ranges.Contains(row.Place, row.Offset))
        {
            var pair = _pairs.GetValueOrDefault(new(row.Place, row.Offset));
            _pairs[new(row.Place, row.Offset)] = pair with { LeftCount = pair.LeftCount + 1, LeftSum = unchecked(pair.LeftSum + row.Hash) };
        }
    }

    public void AddRight(ScannedRow row, DifferingRanges ranges)
    {
        if (ranges.Contains(row.Place, row.Offset))
        {
            var pair = _pairs.GetValueOrDefault(new(row.Place, row.Offset));
            _pairs[new(row.Place, row.Offset)] = pair with { RightCount = pair.RightCount + 1, RightSum = unchecked(pair.RightSum + row.Hash) };
        }
    }

    /// <summary>The keys at which the sides differ, in their order.</summary>
    public IEnumerable<(RowKey Key, DifferenceKind Kind)> Differing => _pairs
        .Where(pair => pair.Value.Kind is not null)
        .OrderBy(pair => pair.Key.Place.Topic, StringComparer.Ordinal).ThenBy(pair => pair.Key.Place.Partition).ThenBy(pair => pair.Key.Offset)
        .Select(pair => (pair.Key, pair.Value.Kind!.Value));

    private readonly record struct Pair(int LeftCount, ulong LeftSum, int RightCount, ulong RightSum)
    {
        public DifferenceKind? Kind => (LeftCount, RightCount) switch
        {
            (0, 1) => DifferenceKind.Added,
            (1, 0) => DifferenceKind.Missing,
            _ when LeftCount != RightCount => DifferenceKind.Doubled,
            _ => LeftSum == RightSum ? null : DifferenceKind.Changed,
        };
    }
}
