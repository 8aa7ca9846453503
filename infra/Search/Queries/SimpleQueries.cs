using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

internal sealed class AllQuery : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf) => Bits.All(leaf.DocumentCount);
}

internal sealed class NoneQuery : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf) => Bits.None(leaf.DocumentCount);
}

/// <summary>Documents with a value in one of the fields: an object exists where one of its fields does.</summary>
internal sealed class ExistsQuery(IReadOnlyList<Field> fields) : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf)
    {
        var matches = Bits.None(leaf.DocumentCount);
        foreach (var field in fields)
        {
            if (leaf.Segment.Find(field) is { } data)
                Bits.Unite(matches, data.Present());
        }

        return matches;
    }
}

internal sealed class IdsQuery(IReadOnlyList<byte[]> ids) : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf)
    {
        var matches = Bits.None(leaf.DocumentCount);
        foreach (var id in ids)
        {
            if (leaf.Segment.Find(id, TermHash.Of(id), leaf.Visible) is >= 0 and var document)
                Bits.Add(matches, document);
        }

        return matches;
    }
}

/// <summary>Numbers, dates and booleans from one value to another, both included.</summary>
internal sealed class NumberRangeQuery(Field field, long least, long most) : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf) =>
        leaf.Segment.Find<NumbersData>(field)?.Between(least, most) ?? Bits.None(leaf.DocumentCount);
}

/// <summary>Numbers, dates and booleans that are one of several.</summary>
internal sealed class NumbersQuery(Field field, IReadOnlyList<long> values) : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf)
    {
        var matches = Bits.None(leaf.DocumentCount);
        if (leaf.Segment.Find<NumbersData>(field) is { } data)
        {
            foreach (var value in values)
                Bits.Unite(matches, data.Between(value, value));
        }

        return matches;
    }
}

/// <summary>Documents with a term between two places of the dictionary: ranges and prefixes of keywords.</summary>
/// <param name="find">First ordinal, and the one behind the last.</param>
internal sealed class TermRangeQuery(Field field, Func<DictionaryData, (int First, int End)> find) : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf)
    {
        var matches = Bits.None(leaf.DocumentCount);
        if (leaf.Segment.Find<DictionaryData>(field) is not { } data)
            return matches;
        var (first, end) = find(data);
        for (var ordinal = first; ordinal < end; ordinal++)
            AnyTermQuery.AddDocuments(data, ordinal, matches);
        return matches;
    }
}

/// <summary>Documents with one of several terms, each worth the same.</summary>
internal sealed class AnyTermQuery(Field field, IReadOnlyList<byte[]> terms) : ConstantQuery
{
    protected override ulong[] Match(Leaf leaf)
    {
        var matches = Bits.None(leaf.DocumentCount);
        if (leaf.Segment.Find<DictionaryData>(field) is not { } data)
            return matches;
        foreach (var term in terms)
        {
            if (data.Find(term) is >= 0 and var ordinal)
                AddDocuments(data, ordinal, matches);
        }

        return matches;
    }

    public static void AddDocuments(DictionaryData data, int ordinal, ulong[] into)
    {
        if (data is TermsData whole)
        {
            foreach (var document in whole.DocumentsOf(ordinal))
                Bits.Add(into, document);
            return;
        }

        var occurrences = ((WordsData)data).OccurrencesOf(ordinal);
        while (occurrences.MoveNext())
            Bits.Add(into, occurrences.Document);
    }
}
