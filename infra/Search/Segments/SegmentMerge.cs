using System.Buffers;
using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>A segment that is to be merged, and which of its documents go along.</summary>
internal sealed record MergeSource(Segment Segment, ulong[] Kept)
{
    /// <summary>By number in the old segment: number in the new one, -1 for none.</summary>
    public int[] Numbers { get; } = new int[Segment.DocumentCount];
}

/// <summary>Makes one segment of several, without what was replaced. Dictionaries are merged, nothing is read from the documents' sources again.</summary>
internal static class SegmentMerge
{
    private const int CopyBytes = 1 << 20;

    public static void Write(IReadOnlyList<MergeSource> sources, string path)
    {
        using var file = new SectionWriter(path);
        var count = Renumber(sources);
        WriteDocuments(file, sources, count);
        foreach (var (field, storage) in sources.SelectMany(source => source.Segment.Fields).Select(field => (field.Summary.Number, field.Summary.Storage)).Distinct().Order())
        {
            switch (storage)
            {
                case Storage.Terms:
                    WriteTerms(file, field, sources, count);
                    break;
                case Storage.Words:
                    WriteWords(file, field, sources, count);
                    break;
                default:
                    WriteNumbers(file, field, sources, count);
                    break;
            }
        }

        file.Finish(count);
    }

    private static int Renumber(IReadOnlyList<MergeSource> sources)
    {
        var count = 0;
        foreach (var source in sources)
        {
            source.Numbers.AsSpan().Fill(-1);
            foreach (var document in Bits.Walk(source.Kept))
                source.Numbers[document] = count++;
        }

        return count;
    }

    private static void WriteDocuments(SectionWriter file, IReadOnlyList<MergeSource> sources, int count)
    {
        file.Begin(Sections.Source);
        foreach (var source in sources)
            CopySources(file, source);
        file.End();

        var (sourceEnds, idEnds, versions, sequences) = (new long[count], new int[count], new long[count], new long[count]);
        var (ids, table) = (new Growing<byte>(count * 16), IdTable.Create(count));
        var (next, sourceEnd) = (0, 0L);
        foreach (var (segment, kept) in sources)
        {
            foreach (var document in Bits.Walk(kept))
            {
                var id = segment.IdOf(document);
                ids.Add(id);
                IdTable.Add(table, TermHash.Of(id), next);
                idEnds[next] = ids.Count;
                sourceEnds[next] = sourceEnd += segment.SourceRange(document, document).Length;
                versions[next] = segment.Versions[document];
                sequences[next++] = segment.Sequences[document];
            }
        }

        file.Section<long>(Sections.SourceEnds, sourceEnds);
        file.Section<byte>(Sections.Ids, ids.Items);
        file.Section<int>(Sections.IdEnds, idEnds);
        file.Section<ulong>(Sections.IdTable, table);
        file.Section<long>(Sections.Versions, versions);
        file.Section<long>(Sections.Sequences, sequences);
    }

    // Neighbours are copied together: mostly everything is kept.
    private static void CopySources(SectionWriter file, MergeSource source)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        var (first, last) = (-1, -2);
        foreach (var document in Bits.Walk(source.Kept))
        {
            if (document != last + 1)
            {
                CopyRun(file, source.Segment, first, last, buffer);
                first = document;
            }

            last = document;
        }

        CopyRun(file, source.Segment, first, last, buffer);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static void CopyRun(SectionWriter file, Segment segment, int first, int last, byte[] buffer)
    {
        if (first < 0)
            return;
        var (start, length) = segment.SourceRange(first, last);
        for (long done = 0; done < length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(CopyBytes, length - done));
            segment.ReadSource(start + done, part);
            file.Write(part);
            done += part.Length;
        }
    }

    private static void WriteTerms(SectionWriter file, int field, IReadOnlyList<MergeSource> sources, int count)
    {
        var inputs = Inputs<TermsData>(field, sources);
        var (terms, termEnds, postings, postingEnds) = (new Growing<byte>(1_024), new Growing<int>(), new Growing<int>(count + 1), new Growing<int>());
        var walk = new DictionaryMerge<TermsData>(inputs);
        while (walk.MoveNext())
        {
            var before = postings.Count;
            foreach (var (data, source, ordinal) in walk.Current)
            {
                foreach (var document in data.DocumentsOf(ordinal))
                {
                    if (source.Numbers[document] >= 0)
                        postings.Add(source.Numbers[document]);
                }
            }

            if (postings.Count == before)
                continue;
            terms.Add(walk.Term);
            termEnds.Add(terms.Count);
            postingEnds.Add(postings.Count);
        }

        if (postings.Count > 0)
            FieldSections.WriteTerms(file, field, count, terms, termEnds, postings.Items, postingEnds.Items);
    }

    private static void WriteWords(SectionWriter file, int field, IReadOnlyList<MergeSource> sources, int count)
    {
        var sections = new WordSections(file, field, count);
        var positions = new Growing<int>();
        var walk = new DictionaryMerge<WordsData>(Inputs<WordsData>(field, sources));
        while (walk.MoveNext())
        {
            sections.Occurrences.Begin();
            foreach (var (data, source, ordinal) in walk.Current)
            {
                var occurrences = data.OccurrencesOf(ordinal);
                while (occurrences.MoveNext())
                {
                    if (source.Numbers[occurrences.Document] is not (>= 0 and var document))
                        continue;
                    occurrences.TakePositions(positions);
                    sections.Occurrences.Add(document, positions.Items);
                    sections.Count(document, positions.Count);
                }
            }

            sections.EndTerm(walk.Term);
        }

        sections.Finish();
    }

    private static void WriteNumbers(SectionWriter file, int field, IReadOnlyList<MergeSource> sources, int count)
    {
        var (documents, values) = (new Growing<int>(count + 1), new Growing<long>(count + 1));
        foreach (var (data, source) in Inputs<NumbersData>(field, sources))
        {
            foreach (var document in Bits.Walk(source.Kept))
            {
                foreach (var value in data.ValuesOf(document))
                {
                    documents.Add(source.Numbers[document]);
                    values.Add(value);
                }
            }
        }

        if (documents.Count > 0)
            FieldSections.WriteNumbers(file, field, count, documents.Items, values.Items);
    }

    private static List<(T Data, MergeSource Source)> Inputs<T>(int field, IReadOnlyList<MergeSource> sources)
        where T : FieldData =>
        [.. sources.SelectMany(source => source.Segment.Fields.OfType<T>().Where(data => data.Summary.Number == field).Select(data => (data, source)))];
}
