using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>Writes the sections of a text field, term by rising term.</summary>
internal sealed class WordSections
{
    private readonly SectionWriter _file;
    private readonly int _field;
    private readonly Growing<byte> _terms = new(1_024);
    private readonly Growing<int> _termEnds = new();
    private readonly Growing<long> _ends = new();
    private readonly Growing<int> _frequencies = new();
    private readonly int[] _lengths;
    private long _end;
    private long _occurrences;

    public WordSections(SectionWriter file, int field, int documentCount)
    {
        (_file, _field, _lengths) = (file, field, new int[documentCount]);
        file.Begin(Sections.Of(field, "words"));
    }

    public OccurrenceWriter Occurrences { get; } = new();

    public void Count(int document, int occurrences)
    {
        _lengths[document] += occurrences;
        _occurrences += occurrences;
    }

    /// <summary>Ends a term; one that no document has any more is left out.</summary>
    public void EndTerm(ReadOnlySpan<byte> term)
    {
        if (Occurrences.DocumentCount == 0)
            return;
        _file.Write(Occurrences.Bytes.Items);
        _end += Occurrences.Bytes.Count;
        _terms.Add(term);
        _termEnds.Add(_terms.Count);
        _ends.Add(_end);
        _frequencies.Add(Occurrences.DocumentCount);
    }

    public void Finish()
    {
        _file.End();
        _file.Section<byte>(Sections.Of(_field, "terms"), _terms.Items);
        _file.Section<int>(Sections.Of(_field, "term-ends"), _termEnds.Items);
        _file.Section<long>(Sections.Of(_field, "word-ends"), _ends.Items);
        _file.Section<int>(Sections.Of(_field, "frequencies"), _frequencies.Items);
        _file.Section<int>(Sections.Of(_field, "lengths"), _lengths);
        _file.Add(new FieldSummary(_field, Storage.Words, _lengths.Length - _lengths.AsSpan().Count(0), _occurrences, IsMulti: false));
    }
}
