using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>Writes the sections of one field; where the values come from, documents or other segments, is the caller's.</summary>
internal static class FieldSections
{
    /// <param name="terms">Rising.</param>
    /// <param name="postings">The documents of each term, rising, one term's behind the other's.</param>
    /// <param name="postingEnds">Where each term's end.</param>
    public static void WriteTerms(
        SectionWriter file, int field, int documentCount, Growing<byte> terms, Growing<int> termEnds, ReadOnlySpan<int> postings, ReadOnlySpan<int> postingEnds)
    {
        var counts = new int[documentCount + 1];
        foreach (var document in postings)
            counts[document + 1]++;
        var isMulti = counts.AsSpan().IndexOfAnyInRange(2, int.MaxValue) >= 0;
        file.Section<byte>(Sections.Of(field, "terms"), terms.Items);
        file.Section<int>(Sections.Of(field, "term-ends"), termEnds.Items);
        file.Section(Sections.Of(field, "postings"), postings);
        file.Section(Sections.Of(field, "posting-ends"), postingEnds);
        file.Add(new FieldSummary(field, Storage.Terms, documentCount + 1 - counts.AsSpan().Count(0), postings.Length, isMulti));
        if (isMulti)
            WriteOrdinalsOfMany(file, field, counts, postings, postingEnds);
        else
            WriteOrdinals(file, field, documentCount, postings, postingEnds);
    }

    /// <param name="documents">Rising; a document stands there once for each value.</param>
    public static void WriteNumbers(SectionWriter file, int field, int documentCount, ReadOnlySpan<int> documents, ReadOnlySpan<long> values)
    {
        var starts = new int[documentCount + 1];
        foreach (var document in documents)
            starts[document + 1]++;
        var isMulti = starts.AsSpan().IndexOfAnyInRange(2, int.MaxValue) >= 0;
        file.Add(new FieldSummary(field, Storage.Numbers, documentCount + 1 - starts.AsSpan().Count(0), values.Length, isMulti));
        if (isMulti)
        {
            for (var i = 0; i < documentCount; i++)
                starts[i + 1] += starts[i];
            file.Section<int>(Sections.Of(field, "starts"), starts);
            file.Section(Sections.Of(field, "values"), values);
            return;
        }

        var (column, present) = (new long[documentCount], Bits.None(documentCount));
        for (var i = 0; i < documents.Length; i++)
        {
            column[documents[i]] = values[i];
            Bits.Add(present, documents[i]);
        }

        file.Section<ulong>(Sections.Of(field, "present"), present);
        file.Section<long>(Sections.Of(field, "values"), column);
    }

    private static void WriteOrdinals(SectionWriter file, int field, int documentCount, ReadOnlySpan<int> postings, ReadOnlySpan<int> postingEnds)
    {
        var ordinals = new int[documentCount];
        ordinals.AsSpan().Fill(-1);
        for (var (term, i) = (0, 0); term < postingEnds.Length; term++)
        {
            for (; i < postingEnds[term]; i++)
                ordinals[postings[i]] = term;
        }

        file.Section<int>(Sections.Of(field, "ordinals"), ordinals);
    }

    private static void WriteOrdinalsOfMany(SectionWriter file, int field, int[] counts, ReadOnlySpan<int> postings, ReadOnlySpan<int> postingEnds)
    {
        for (var i = 1; i < counts.Length; i++)
            counts[i] += counts[i - 1];
        file.Section<int>(Sections.Of(field, "starts"), counts);
        var (ordinals, next) = (new int[postings.Length], counts.AsSpan().ToArray());
        for (var (term, i) = (0, 0); term < postingEnds.Length; term++)
        {
            for (; i < postingEnds[term]; i++)
                ordinals[next[postings[i]]++] = term;
        }

        file.Section<int>(Sections.Of(field, "ordinals"), ordinals);
    }
}
