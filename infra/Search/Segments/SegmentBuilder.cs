using Streaming.Search.Documents;
using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>The documents since the last refresh: found by their ids at once, by searches when they are a segment.</summary>
/// <remarks>A deletion is a document without content, a stub: its version is known until the id is written again.</remarks>
internal sealed class SegmentBuilder
{
    private readonly TermTable _ids = new();
    private readonly Growing<int> _newest = new();        // By number of the id: the document that has it now.
    private readonly Growing<int> _idNumbers = new();     // By document.
    private readonly Growing<long> _versions = new();     // Of a stub: the complement.
    private readonly Growing<long> _sequences = new();
    private readonly Growing<byte> _source = new(64 * 1_024);
    private readonly Growing<int> _sourceEnds = new();
    private readonly Growing<ulong> _live = new();
    private readonly List<FieldBuilder?> _fields = [];

    public int DocumentCount => _idNumbers.Count;

    public int SourceBytes => _source.Count;

    public long RoomBytes => _ids.RoomBytes + _source.RoomBytes + _versions.RoomBytes + _sequences.RoomBytes + _fields.Sum(builder => builder?.RoomBytes ?? 0);

    /// <summary>Documents that nothing newer has replaced, stubs among them.</summary>
    public Span<ulong> Live => _live.Items;

    public Span<long> Versions => _versions.Items;

    public Span<long> Sequences => _sequences.Items;

    public ReadOnlySpan<byte> Source => _source.Items;

    public Span<int> SourceEnds => _sourceEnds.Items;

    public IEnumerable<FieldBuilder> Fields => _fields.OfType<FieldBuilder>().Where(builder => !builder.IsEmpty);

    public int Find(ReadOnlySpan<byte> id, uint hash)
    {
        var number = _ids.Find(id, hash);
        return number < 0 ? -1 : _newest[number];
    }

    public ReadOnlySpan<byte> IdOf(int document) => _ids[_idNumbers[document]];

    public uint IdHashOf(int document) => _ids.HashOf(_idNumbers[document]);

    public ReadOnlySpan<byte> SourceOf(int document) => _source.Items[(document == 0 ? 0 : _sourceEnds[document - 1]).._sourceEnds[document]];

    /// <summary>Nothing of it is found any more, when this builder has become a segment.</summary>
    public void Kill(int document) => Bits.Remove(_live.Items, document);

    public void Add(
        ReadOnlySpan<byte> id, uint hash, long version, long sequence, ReadOnlySpan<byte> source, ParsedDocument parsed, IndexMapping mapping)
    {
        var document = Begin(id, hash, version, sequence, source);
        foreach (ref readonly var value in parsed.Values)
        {
            switch (FieldOf(value.Field, mapping))
            {
                case TermsBuilder terms:
                    terms.Add(document, parsed.TextOf(value));
                    break;
                case WordsBuilder words:
                    words.Add(document, parsed.TextOf(value));
                    break;
                case NumbersBuilder numbers:
                    numbers.Add(document, value.Number);
                    break;
            }
        }
    }

    public void AddStub(ReadOnlySpan<byte> id, uint hash, long version, long sequence) => Begin(id, hash, ~version, sequence, []);

    public void Clear()
    {
        _ids.Clear();
        _newest.Clear();
        _idNumbers.Clear();
        _versions.Clear();
        _sequences.Clear();
        _source.Clear();
        _sourceEnds.Clear();
        _live.Clear();
        foreach (var field in _fields)
            field?.Clear();
    }

    private int Begin(ReadOnlySpan<byte> id, uint hash, long version, long sequence, ReadOnlySpan<byte> source)
    {
        var document = DocumentCount;
        var number = _ids.FindOrAdd(id, hash);
        if (number == _newest.Count)
            _newest.Add(document);
        else
            _newest[number] = document;
        _idNumbers.Add(number);
        _versions.Add(version);
        _sequences.Add(sequence);
        _source.Add(source);
        _sourceEnds.Add(_source.Count);
        if ((document & 63) == 0)
            _live.Add(0UL);
        Bits.Add(_live.Items, document);
        return document;
    }

    private FieldBuilder FieldOf(int number, IndexMapping mapping)
    {
        while (_fields.Count <= number)
            _fields.Add(null);
        return _fields[number] ??= Create(mapping.Fields.First(field => field.Number == number));
    }

    private static FieldBuilder Create(Field field) => field.Storage switch
    {
        Storage.Terms => new TermsBuilder(field),
        Storage.Words => new WordsBuilder(field),
        _ => new NumbersBuilder(field),
    };
}
