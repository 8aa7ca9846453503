using Streaming.Contracts.Control;
using Streaming.Lake.Delta;
using Streaming.LakeSink.Tables;

namespace Streaming.LakeSink.Generations;

/// <summary>Compares a table of two generations, whatever files and order its rows lie in.</summary>
/// <remarks>First the hashes of all rows are added up by ranges of offsets, on both sides. Only the ranges whose sums differ are read again, row by row, so many at
/// once that memory does not grow with the table.</remarks>
internal sealed class TableComparison
{
    private readonly string _name;
    private readonly ComparedColumns _columns;
    private readonly RowScan _left;
    private readonly RowScan _right;
    private readonly IReadOnlyDictionary<Place, long> _below;
    private readonly IReadOnlyList<string> _notCompared;

    public TableComparison(string name, GenerationView left, GenerationView right)
    {
        var (ours, theirs) = (left.Tables.GetValueOrDefault(name), right.Tables.GetValueOrDefault(name));
        _name = name;
        _columns = ComparedColumns.Of(ours, theirs, left.Number, right.Number);
        (_left, _right) = (new(ours, _columns), new(theirs, _columns));
        var topics = new HashSet<string>([.. ours?.Topics ?? [], .. theirs?.Topics ?? []]);
        var places = left.Places.Union(right.Places).Where(place => topics.Contains(place.Topic)).ToList();
        _below = places.ToDictionary(place => place, place => Math.Min(left.CompleteBefore(place, name), right.CompleteBefore(place, name)));
        // Nothing equals nothing: where only one of them has begun, that must not look like a proof.
        _notCompared =
        [
            .. new[] { left, right }.SelectMany(side => places
                .Where(place => side.CompleteBefore(place, name) == 0 && Math.Max(left.CompleteBefore(place, name), right.CompleteBefore(place, name)) > 0)
                .OrderBy(place => place.Topic, StringComparer.Ordinal).ThenBy(place => place.Partition)
                .Select(place => $"{place.Topic}-{place.Partition} was not compared: generation {side.Number} has not begun it")),
        ];
    }

    /// <exception cref="MissingFileException">A file was removed since the tables were looked at.</exception>
    public async Task<PartComparison> CompareAsync(int examplesMax, CancellationToken cancellationToken)
    {
        var both = await Task.WhenAll(new[] { _left, _right }.Select(side => Task.Run(() => SumAsync(side, cancellationToken), cancellationToken)));
        var (ours, theirs) = (both[0], both[1]);
        var places = ours.Keys.Union(theirs.Keys).OrderBy(place => place.Topic, StringComparer.Ordinal).ThenBy(place => place.Partition).ToList();
        var differences = new TableDifferences(examplesMax);
        foreach (var ranges in DifferingRanges.Of(places, Sums))
            await FindAsync(ranges, differences, cancellationToken);
        if (differences.ExampleKeys.Count > 0)
            await ShowAsync(differences, cancellationToken);
        return new(
            _name, ours.Values.Sum(sums => sums.Count), theirs.Values.Sum(sums => sums.Count), ours.Values.Concat(theirs.Values).Sum(sums => sums.MovedCount),
            [.. _columns.Differences, .. _notCompared], [.. places.Select(place => Checksums(place, Sums(place)))], differences.Counts, differences.Examples());

        (RangeSums Left, RangeSums Right) Sums(Place place) => (SumsOf(ours, place), SumsOf(theirs, place));
    }

    private static PartitionChecksums Checksums(Place place, (RangeSums Left, RangeSums Right) sums) =>
        new(place.Topic, place.Partition, sums.Left.Below, sums.Left.Checksum, sums.Right.Checksum);

    private RangeSums SumsOf(Dictionary<Place, RangeSums> sums, Place place)
    {
        if (!sums.TryGetValue(place, out var there))
            sums[place] = there = new(_below.GetValueOrDefault(place));
        return there;
    }

    private async Task<Dictionary<Place, RangeSums>> SumAsync(RowScan side, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<Place, RangeSums>();
        foreach (var place in _below.Keys)
            SumsOf(sums, place);
        await side.RunAsync(_ => true, row => SumsOf(sums, row.Place).Add(row.Offset, row.Hash), cancellationToken);
        return sums;
    }

    private async Task FindAsync(DifferingRanges ranges, TableDifferences differences, CancellationToken cancellationToken)
    {
        var rows = new RowPairs();
        await _left.RunAsync(ranges.MayHold, row => rows.AddLeft(row, ranges), cancellationToken);
        await _right.RunAsync(ranges.MayHold, row => rows.AddRight(row, ranges), cancellationToken);
        differences.Add(rows);
    }

    private async Task ShowAsync(TableDifferences differences, CancellationToken cancellationToken)
    {
        var offsets = differences.ExampleKeys.Select(key => key.Offset).ToList();
        await _left.RunAsync(MayHold, row => differences.ShowLeft(row), cancellationToken);
        await _right.RunAsync(MayHold, row => differences.ShowRight(row), cancellationToken);

        bool MayHold(AddFile file) => FileStats.Bounds(file, EventSchemas.Offset) is not { } bounds || offsets.Exists(offset => bounds.Min <= offset && offset <= bounds.Max);
    }
}
