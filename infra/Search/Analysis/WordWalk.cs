using System.Text;

namespace Streaming.Search.Analysis;

/// <summary>The words of a text in lower case: Elasticsearch's standard analyzer. Emoji are no words here.</summary>
/// <remarks>A word longer than 255 characters is cut into several, as there.</remarks>
internal ref struct WordWalk(ReadOnlySpan<byte> text)
{
    private const int CharactersMax = 255;
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly byte[] _word = t_word ??= new byte[CharactersMax * 4];
    private int _at;
    private int _length;
    private int _characters;

    [ThreadStatic]
    private static byte[]? t_word;

    /// <summary>UTF-8; valid until the next step, and one walk at a time on a thread.</summary>
    public readonly ReadOnlySpan<byte> Current => _word.AsSpan(0, _length);

    public bool MoveNext()
    {
        while (_at < _text.Length)
        {
            var type = Peek(_at, out var rune, out var used);
            if (type == WordClass.Single)
            {
                Begin();
                Take(rune, used);
                TakeMarks();
                return true;
            }

            if (type is WordClass.Letter or WordClass.Number or WordClass.Katakana or WordClass.Join && TakeWord())
                return true;
            if (type is WordClass.None or WordClass.MidLetter or WordClass.MidNumber or WordClass.MidBoth or WordClass.Extend)
                _at += used;
        }

        return false;
    }

    /// <summary>Takes what belongs together; false when it was nothing but underscores.</summary>
    private bool TakeWord()
    {
        Begin();
        var before = WordClass.Join;
        var isWord = false;
        while (_at < _text.Length && _characters < CharactersMax)
        {
            var type = Peek(_at, out var rune, out var used);
            if (type is WordClass.MidLetter or WordClass.MidNumber or WordClass.MidBoth)
            {
                if (!IsBetween(before, type, _at + used))
                    break;
            }
            else if (!Continues(before, type))
            {
                break;
            }
            else if (type != WordClass.Extend)
            {
                isWord |= type != WordClass.Join;
                before = type;
            }

            Take(rune, used);
        }

        return isWord;
    }

    private void TakeMarks()
    {
        while (_at < _text.Length && Peek(_at, out var rune, out var used) == WordClass.Extend)
            Take(rune, used);
    }

    private static bool Continues(WordClass before, WordClass type) => type switch
    {
        WordClass.Extend or WordClass.Join => true,
        WordClass.Letter or WordClass.Number => before is WordClass.Letter or WordClass.Number or WordClass.Join,
        WordClass.Katakana => before is WordClass.Katakana or WordClass.Join,
        _ => false,
    };

    // A point within a word (example.org) or a number (3.14) belongs to it, one behind it does not.
    private readonly bool IsBetween(WordClass before, WordClass type, int next)
    {
        if (next >= _text.Length)
            return false;
        var after = Peek(next, out _, out _);
        return (before == WordClass.Letter && after == WordClass.Letter && type is WordClass.MidLetter or WordClass.MidBoth)
            || (before == WordClass.Number && after == WordClass.Number && type is WordClass.MidNumber or WordClass.MidBoth);
    }

    private void Begin() => (_length, _characters) = (0, 0);

    private void Take(Rune rune, int used)
    {
        var lower = rune.IsAscii ? (rune.Value is >= 'A' and <= 'Z' ? new Rune(rune.Value | 0x20) : rune) : Rune.ToLowerInvariant(rune);
        if (_length + 4 <= _word.Length)
            _length += lower.EncodeToUtf8(_word.AsSpan(_length));
        _characters++;
        _at += used;
    }

    private readonly WordClass Peek(int at, out Rune rune, out int used)
    {
        var code = _text[at];
        if (code < 0x80)
        {
            (rune, used) = (new Rune(code), 1);
            return WordClasses.OfAscii(code);
        }

        Rune.DecodeFromUtf8(_text[at..], out rune, out used);
        return WordClasses.Of(rune);
    }
}
