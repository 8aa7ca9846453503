using System.Globalization;
using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.ElasticSink.Generations;

/// <summary>Sums and counts of what two indices hold, key after key.</summary>
internal sealed class ComparisonTally(PositionPair positions, DocumentHash documents, int examplesMax)
{
    private readonly SortedDictionary<(string Topic, int Partition), (Side Left, Side Right)> _partitions = [];
    private readonly SortedDictionary<DifferenceKind, long> _counts = [];
    private readonly List<EntryDifference> _examples = [];
    private long _leftCount;
    private long _rightCount;
    private long _movedCount;

    /// <summary>What both sides have under a key: one document each, as a rule.</summary>
    public void Add(SortKey key, IReadOnlyList<JsonElement> left, IReadOnlyList<JsonElement> right)
    {
        var (ours, theirs) = (left.Select(documents.Read).ToList(), right.Select(documents.Read).ToList());
        if (ours.Exists(HasMoved) || theirs.Exists(HasMoved))
        {
            _movedCount++;
            return;
        }

        _leftCount += ours.Count;
        _rightCount += theirs.Count;
        ours.ForEach(document => SidesOf(document).Left.Add(document.Hash));
        theirs.ForEach(document => SidesOf(document).Right.Add(document.Hash));
        if (KindOf(ours, theirs) is not { } kind)
            return;
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (_examples.Count < examplesMax)
            _examples.Add(Show(key, kind, left, right));
    }

    /// <param name="places">Partitions whose events become these documents, whether there are any or not.</param>
    public PartComparison ToPart(string name, IReadOnlyList<string> columns, IEnumerable<(string Topic, int Partition)> places)
    {
        var partitions = places.Union(_partitions.Keys).Order()
            .Select(place => new PartitionChecksums(
                place.Topic, place.Partition, positions.Below(place.Topic, place.Partition),
                _partitions.TryGetValue(place, out var sides) ? sides.Left.Text : null, _partitions.TryGetValue(place, out sides) ? sides.Right.Text : null))
            .ToList();
        return new(name, _leftCount, _rightCount, _movedCount, columns, partitions, _counts, _examples);
    }

    private static DifferenceKind? KindOf(List<ComparedDocument> ours, List<ComparedDocument> theirs) => (ours.Count, theirs.Count) switch
    {
        (_, 0) => DifferenceKind.Missing,
        (0, _) => DifferenceKind.Added,
        (1, 1) => ours[0].Hash == theirs[0].Hash ? null : DifferenceKind.Changed,
        _ => DifferenceKind.Doubled,
    };

    private EntryDifference Show(SortKey key, DifferenceKind kind, IReadOnlyList<JsonElement> left, IReadOnlyList<JsonElement> right)
    {
        if (kind == DifferenceKind.Changed)
        {
            var (ours, theirs) = documents.ShowDifference(left[0], right[0]);
            return new(key.Text, kind, ours, theirs);
        }

        return new(key.Text, kind, Show(left), Show(right));
    }

    private string? Show(IReadOnlyList<JsonElement> hits) => hits.Count == 0 ? null : string.Join(' ', hits.Select(documents.Show));

    private bool HasMoved(ComparedDocument document) => document.Offset >= positions.Below(document.Topic, document.Partition);

    private (Side Left, Side Right) SidesOf(ComparedDocument document)
    {
        var place = (document.Topic, document.Partition);
        if (!_partitions.TryGetValue(place, out var sides))
            _partitions.Add(place, sides = (new(), new()));
        return sides;
    }

    /// <summary>A sum of hashes tells what is there, whatever the order: each is 128 bits of a SHA-256, and the sum wraps.</summary>
    private sealed class Side
    {
        private UInt128 _sum;
        private long _count;

        public string? Text => _count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{_count}:{_sum:x32}");

        public void Add(UInt128 hash)
        {
            unchecked
            {
                _sum += hash;
            }

            _count++;
        }
    }
}
