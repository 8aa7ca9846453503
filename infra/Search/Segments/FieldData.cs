using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>A field's values in one segment.</summary>
internal abstract class FieldData(Segment segment, FieldSummary summary)
{
    protected Segment Segment { get; } = segment;

    public FieldSummary Summary { get; } = summary;

    public static FieldData Open(Segment segment, FieldSummary summary) => summary.Storage switch
    {
        Storage.Terms => new TermsData(segment, summary),
        Storage.Words => new WordsData(segment, summary),
        _ => new NumbersData(segment, summary),
    };

    /// <summary>Documents that have a value.</summary>
    public abstract ulong[] Present();

    protected SectionEntry Entry(string part) => Segment.Entry(Sections.Of(Summary.Number, part));
}

/// <summary>Terms in rising order, for keywords and texts.</summary>
internal abstract class DictionaryData : FieldData
{
    private readonly SectionEntry _terms;
    private readonly SectionEntry _termEnds;

    protected DictionaryData(Segment segment, FieldSummary summary)
        : base(segment, summary) => (_terms, _termEnds) = (Entry("terms"), Entry("term-ends"));

    public int TermCount => (int)(_termEnds.Length / sizeof(int));

    public ReadOnlySpan<byte> Term(int ordinal)
    {
        var ends = Segment.View<int>(_termEnds);
        return Segment.View<byte>(_terms)[(ordinal == 0 ? 0 : ends[ordinal - 1])..ends[ordinal]];
    }

    /// <summary>The term's place; or the complement of where it would be.</summary>
    public int Find(ReadOnlySpan<byte> term)
    {
        var (low, high) = (0, TermCount - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var compared = Term(middle).SequenceCompareTo(term);
            if (compared == 0)
                return middle;
            if (compared < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>How many documents have the term, those replaced since included.</summary>
    public abstract int Frequency(int ordinal);
}

/// <summary>A keyword field.</summary>
internal sealed class TermsData : DictionaryData
{
    private readonly SectionEntry _postings;
    private readonly SectionEntry _postingEnds;
    private readonly SectionEntry _ordinals;
    private readonly SectionEntry? _starts;

    public TermsData(Segment segment, FieldSummary summary)
        : base(segment, summary)
    {
        (_postings, _postingEnds, _ordinals) = (Entry("postings"), Entry("posting-ends"), Entry("ordinals"));
        _starts = summary.IsMulti ? Entry("starts") : null;
    }

    public ReadOnlySpan<int> DocumentsOf(int ordinal)
    {
        var ends = Segment.View<int>(_postingEnds);
        return Segment.View<int>(_postings)[(ordinal == 0 ? 0 : ends[ordinal - 1])..ends[ordinal]];
    }

    public override int Frequency(int ordinal) => DocumentsOf(ordinal).Length;

    /// <summary>The document's terms, rising.</summary>
    public ReadOnlySpan<int> OrdinalsOf(int document)
    {
        var ordinals = Segment.View<int>(_ordinals);
        if (_starts is { } entry)
        {
            var starts = Segment.View<int>(entry);
            return ordinals[starts[document]..starts[document + 1]];
        }

        return ordinals[document] < 0 ? [] : ordinals.Slice(document, 1);
    }

    public override ulong[] Present()
    {
        var present = Bits.None(Segment.DocumentCount);
        foreach (var document in Segment.View<int>(_postings))
            Bits.Add(present, document);
        return present;
    }
}

/// <summary>A text field.</summary>
internal sealed class WordsData : DictionaryData
{
    private readonly SectionEntry _words;
    private readonly SectionEntry _wordEnds;
    private readonly SectionEntry _frequencies;
    private readonly SectionEntry _lengths;

    public WordsData(Segment segment, FieldSummary summary)
        : base(segment, summary) =>
        (_words, _wordEnds, _frequencies, _lengths) = (Entry("words"), Entry("word-ends"), Entry("frequencies"), Entry("lengths"));

    /// <summary>Words of each document.</summary>
    public ReadOnlySpan<int> Lengths => Segment.View<int>(_lengths);

    public OccurrenceWalk OccurrencesOf(int ordinal)
    {
        var ends = Segment.View<long>(_wordEnds);
        var start = ordinal == 0 ? 0 : ends[ordinal - 1];
        return new OccurrenceWalk(Segment.View(_words, start, (int)(ends[ordinal] - start)));
    }

    public override int Frequency(int ordinal) => Segment.View<int>(_frequencies)[ordinal];

    public override ulong[] Present()
    {
        var present = Bits.None(Segment.DocumentCount);
        var lengths = Lengths;
        for (var document = 0; document < lengths.Length; document++)
        {
            if (lengths[document] > 0)
                Bits.Add(present, document);
        }

        return present;
    }
}

/// <summary>A field of numbers, dates or booleans.</summary>
internal sealed class NumbersData : FieldData
{
    private readonly SectionEntry _values;
    private readonly SectionEntry _presentOrStarts;

    public NumbersData(Segment segment, FieldSummary summary)
        : base(segment, summary) => (_values, _presentOrStarts) = (Entry("values"), Entry(summary.IsMulti ? "starts" : "present"));

    public ReadOnlySpan<long> ValuesOf(int document)
    {
        var values = Segment.View<long>(_values);
        if (Summary.IsMulti)
        {
            var starts = Segment.View<int>(_presentOrStarts);
            return values[starts[document]..starts[document + 1]];
        }

        return Bits.Has(Segment.View<ulong>(_presentOrStarts), document) ? values.Slice(document, 1) : [];
    }

    /// <summary>Documents with a value from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public ulong[] Between(long least, long most)
    {
        var found = Bits.None(Segment.DocumentCount);
        if (least > most)
            return found;
        var values = Segment.View<long>(_values);
        if (Summary.IsMulti)
        {
            var starts = Segment.View<int>(_presentOrStarts);
            for (var document = 0; document < Segment.DocumentCount; document++)
            {
                if (values[starts[document]..starts[document + 1]].IndexOfAnyInRange(least, most) >= 0)
                    Bits.Add(found, document);
            }

            return found;
        }

        for (var document = 0; document < values.Length; document++)
        {
            if (values[document] >= least && values[document] <= most)
                Bits.Add(found, document);
        }

        Bits.Intersect(found, Segment.View<ulong>(_presentOrStarts));
        return found;
    }

    public override ulong[] Present()
    {
        if (!Summary.IsMulti)
            return Segment.View<ulong>(_presentOrStarts).ToArray();
        var present = Bits.None(Segment.DocumentCount);
        var starts = Segment.View<int>(_presentOrStarts);
        for (var document = 0; document < Segment.DocumentCount; document++)
        {
            if (starts[document] < starts[document + 1])
                Bits.Add(present, document);
        }

        return present;
    }
}
