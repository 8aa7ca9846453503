using Streaming.Search.Documents;
using Streaming.Search.Indices;
using Streaming.Search.Segments;

namespace Streaming.Search.Sorting;

/// <summary>Orders the documents of one segment by one clause: by keys of 64 bits, the smaller the earlier.</summary>
internal abstract class LeafSort(SortClause clause)
{
    public static LeafSort Open(SortClause clause, Leaf leaf, int firstDocument, float[]? scores) => clause.By switch
    {
        SortBy.Score => new ScoreSort(clause, scores!),
        SortBy.Document => new DocumentSort(clause, firstDocument),
        SortBy.Id => new IdSort(clause, leaf.Segment),
        _ when clause.Field is { } field && leaf.Segment.Find<TermsData>(field) is { } terms => new TermsSort(clause, terms),
        _ when clause.Field is { } field && leaf.Segment.Find<NumbersData>(field) is { } numbers => new NumbersSort(clause, numbers),
        _ => new MissingSort(clause),
    };

    protected SortClause Clause { get; } = clause;

    public long KeyOf(int document) => TryFind(document, out var key) ? Direct(key) : MissingKey;

    /// <summary>Where a value of another page stands among the documents here.</summary>
    public long KeyOf(in SortValue value) => value.IsMissing ? MissingKey : Direct(Place(value));

    public abstract SortValue ValueOf(int document);

    protected abstract bool TryFind(int document, out long key);

    protected virtual long Place(in SortValue value) => value.Number;

    private long MissingKey => Clause.IsMissingFirst ? long.MinValue : long.MaxValue;

    private long Direct(long key) => Clause.IsDescending ? ~key : key;
}

internal sealed class ScoreSort(SortClause clause, float[] scores) : LeafSort(clause)
{
    public override SortValue ValueOf(int document) => new(NumberForm.Sortable(scores[document]), null, IsMissing: false);

    protected override bool TryFind(int document, out long key)
    {
        key = NumberForm.Sortable(scores[document]);
        return true;
    }
}

internal sealed class DocumentSort(SortClause clause, int firstDocument) : LeafSort(clause)
{
    public override SortValue ValueOf(int document) => new(firstDocument + document, null, IsMissing: false);

    protected override bool TryFind(int document, out long key)
    {
        key = firstDocument + document;
        return true;
    }
}

internal sealed class MissingSort(SortClause clause) : LeafSort(clause)
{
    public override SortValue ValueOf(int document) => SortValue.Missing;

    protected override bool TryFind(int document, out long key)
    {
        key = 0;
        return false;
    }
}

/// <summary>Of several values the least counts, or with descending order the greatest.</summary>
internal sealed class NumbersSort(SortClause clause, NumbersData data) : LeafSort(clause)
{
    public override SortValue ValueOf(int document) => TryFind(document, out var key) ? new SortValue(key, null, IsMissing: false) : SortValue.Missing;

    protected override bool TryFind(int document, out long key)
    {
        var values = data.ValuesOf(document);
        key = 0;
        if (values.IsEmpty)
            return false;
        key = values[0];
        foreach (var value in values[1..])
            key = Clause.IsDescending ? Math.Max(key, value) : Math.Min(key, value);
        return true;
    }
}

/// <summary>By the terms' places in the dictionary; a term that is not there stands between two of them.</summary>
internal sealed class TermsSort(SortClause clause, TermsData data) : LeafSort(clause)
{
    public override SortValue ValueOf(int document) =>
        TryFind(document, out var key) ? new SortValue(0, data.Term((int)(key / 2)).ToArray(), IsMissing: false) : SortValue.Missing;

    protected override bool TryFind(int document, out long key)
    {
        var ordinals = data.OrdinalsOf(document);
        key = ordinals.IsEmpty ? 0 : 2L * (Clause.IsDescending ? ordinals[^1] : ordinals[0]);
        return !ordinals.IsEmpty;
    }

    protected override long Place(in SortValue value)
    {
        var found = data.Find(value.Text);
        return found >= 0 ? 2L * found : (2L * ~found) - 1;
    }
}

internal sealed class IdSort : LeafSort
{
    private readonly Segment _segment;
    private readonly int[] _byId;
    private readonly int[] _places;

    public IdSort(SortClause clause, Segment segment)
        : base(clause)
    {
        (_segment, _byId) = (segment, segment.ById());
        _places = new int[_byId.Length];
        for (var place = 0; place < _byId.Length; place++)
            _places[_byId[place]] = place;
    }

    public override SortValue ValueOf(int document) => new(0, _segment.IdOf(document).ToArray(), IsMissing: false);

    protected override bool TryFind(int document, out long key)
    {
        // The same id may stand there several times, replaced by a later one: only one of them is ever found.
        key = 2L * _places[document];
        return true;
    }

    protected override long Place(in SortValue value)
    {
        var (low, high) = (0, _byId.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            var compared = _segment.IdOf(_byId[middle]).SequenceCompareTo(value.Text);
            if (compared < 0 || (compared == 0 && !Clause.IsDescending))
                low = middle + 1;
            else
                high = middle;
        }

        // Behind every document with this id, in the direction of the order: it was on the page before.
        return (2L * low) - 1;
    }
}
