namespace Streaming.Search.Segments;

/// <summary>Makes a segment's file of what was built in memory. Documents keep their numbers.</summary>
internal static class BuilderWriter
{
    public static void Write(SegmentBuilder builder, string path)
    {
        using var file = new SectionWriter(path);
        WriteDocuments(file, builder);
        foreach (var field in builder.Fields)
        {
            switch (field)
            {
                case TermsBuilder terms:
                    WriteTerms(file, terms, builder.DocumentCount);
                    break;
                case WordsBuilder words:
                    WriteWords(file, words, builder.DocumentCount);
                    break;
                case NumbersBuilder numbers:
                    FieldSections.WriteNumbers(file, field.Field.Number, builder.DocumentCount, numbers.Documents.Items, numbers.Values.Items);
                    break;
            }
        }

        file.Finish(builder.DocumentCount);
    }

    private static void WriteDocuments(SectionWriter file, SegmentBuilder builder)
    {
        var count = builder.DocumentCount;
        file.Section(Sections.Source, builder.Source);
        var (ids, idEnds, sourceEnds) = (new Growing<byte>(count * 16), new int[count], new long[count]);
        var table = IdTable.Create(count);
        for (var document = 0; document < count; document++)
        {
            ids.Add(builder.IdOf(document));
            idEnds[document] = ids.Count;
            sourceEnds[document] = builder.SourceEnds[document];
            IdTable.Add(table, builder.IdHashOf(document), document);
        }

        file.Section<long>(Sections.SourceEnds, sourceEnds);
        file.Section<byte>(Sections.Ids, ids.Items);
        file.Section<int>(Sections.IdEnds, idEnds);
        file.Section<ulong>(Sections.IdTable, table);
        file.Section<long>(Sections.Versions, builder.Versions);
        file.Section<long>(Sections.Sequences, builder.Sequences);
    }

    private static void WriteTerms(SectionWriter file, TermsBuilder field, int documentCount)
    {
        var (sorted, ranks) = Rank(field.Terms);
        var ends = new int[sorted.Length];
        var last = new int[sorted.Length];
        ForEachOnce(field, ranks, last, (term, _) => ends[term]++);
        for (var i = 1; i < ends.Length; i++)
            ends[i] += ends[i - 1];
        var postings = new int[ends.Length == 0 ? 0 : ends[^1]];
        var next = new int[ends.Length];
        ends.AsSpan(0, ends.Length - 1).CopyTo(next.AsSpan(1));
        ForEachOnce(field, ranks, last, (term, document) => postings[next[term]++] = document);

        var (bytes, termEnds) = (new Growing<byte>(1_024), new Growing<int>(sorted.Length + 1));
        foreach (var term in sorted)
        {
            bytes.Add(field.Terms[term]);
            termEnds.Add(bytes.Count);
        }

        FieldSections.WriteTerms(file, field.Field.Number, documentCount, bytes, termEnds, postings, ends);
    }

    // A document that has a value twice has it once.
    private static void ForEachOnce(TermsBuilder field, int[] ranks, int[] last, Action<int, int> act)
    {
        last.AsSpan().Fill(-1);
        for (var i = 0; i < field.Documents.Count; i++)
        {
            var (term, document) = (ranks[field.Numbers[i]], field.Documents[i]);
            if (last[term] == document)
                continue;
            last[term] = document;
            act(term, document);
        }
    }

    private static void WriteWords(SectionWriter file, WordsBuilder field, int documentCount)
    {
        var (sorted, ranks) = Rank(field.Terms);
        var count = field.Documents.Count;
        var starts = new int[sorted.Length + 1];
        foreach (var number in field.Numbers.Items)
            starts[ranks[number] + 1]++;
        for (var i = 0; i < sorted.Length; i++)
            starts[i + 1] += starts[i];
        var (byTerm, next) = (new int[count], starts.AsSpan().ToArray());
        var sections = new WordSections(file, field.Field.Number, documentCount);
        for (var i = 0; i < count; i++)
        {
            byTerm[next[ranks[field.Numbers[i]]]++] = i;
            sections.Count(field.Documents[i], 1);
        }

        var positions = new Growing<int>();
        for (var term = 0; term < sorted.Length; term++)
        {
            sections.Occurrences.Begin();
            for (var i = starts[term]; i < starts[term + 1];)
            {
                var document = field.Documents[byTerm[i]];
                positions.Clear();
                for (; i < starts[term + 1] && field.Documents[byTerm[i]] == document; i++)
                    positions.Add(field.Positions[byTerm[i]]);
                sections.Occurrences.Add(document, positions.Items);
            }

            sections.EndTerm(field.Terms[sorted[term]]);
        }

        sections.Finish();
    }

    private static (int[] Sorted, int[] Ranks) Rank(TermTable terms)
    {
        var sorted = terms.Sorted();
        var ranks = new int[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
            ranks[sorted[i]] = i;
        return (sorted, ranks);
    }
}
