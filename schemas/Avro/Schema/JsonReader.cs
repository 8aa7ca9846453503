using System.Text;

namespace Streaming.Avro.Schema;

/// <summary>Reads one JSON document (RFC 8259).</summary>
/// <remarks>Own code because the source generator compiles it too, for netstandard2.0 and without packages. Strict: no comments, no trailing
/// commas, no member twice, nothing after the document, nesting no deeper than <see cref="DepthMax"/>.</remarks>
internal sealed class JsonReader
{
    /// <summary>A record within a record takes four levels; nothing that people write comes near it, and the stack holds many times as many.</summary>
    public const int DepthMax = 512;

    private readonly string _text;
    private int _position;
    private int _depth;

    private JsonReader(string text) => _text = text;

    /// <summary>The value that the text holds.</summary>
    /// <exception cref="InvalidSchemaException">The text is not JSON; the message names line and column.</exception>
    public static JsonValue Read(string text)
    {
        var reader = new JsonReader(text);
        var value = reader.Value();
        reader.SkipBlanks();
        return reader._position == text.Length ? value : throw reader.Error("more text after the end of the document");
    }

    private JsonValue Value()
    {
        SkipBlanks();
        return Peek() switch
        {
            '{' => Nested(Object),
            '[' => Nested(Array),
            '"' => new JsonString(String()),
            't' => Word("true", new JsonBoolean(true)),
            'f' => Word("false", new JsonBoolean(false)),
            'n' => Word("null", JsonNull.Instance),
            '-' or (>= '0' and <= '9') => Number(),
            '\0' when _position >= _text.Length => throw Error("the text ends where a value is expected"),
            var other => throw Error($"'{other}' starts no value"),
        };
    }

    private JsonValue Nested(Func<JsonValue> read)
    {
        if (++_depth > DepthMax)
            throw Error($"nested deeper than {DepthMax} levels");
        _position++;
        var value = read();
        _depth--;
        return value;
    }

    private JsonObject Object()
    {
        var members = new List<KeyValuePair<string, JsonValue>>();
        var names = new HashSet<string>();
        while (More('}', isFirst: members.Count == 0))
        {
            SkipBlanks();
            if (Peek() != '"')
                throw Error("a member's name in double quotes is expected");
            var name = String();
            if (!names.Add(name))
                throw Error($"\"{name}\" occurs twice in one object");
            SkipBlanks();
            Expect(':');
            members.Add(new(name, Value()));
        }
        return new JsonObject(members);
    }

    private JsonArray Array()
    {
        var items = new List<JsonValue>();
        while (More(']', isFirst: items.Count == 0))
            items.Add(Value());
        return new JsonArray(items);
    }

    /// <summary>Consumes the comma before the next element, or the closing bracket.</summary>
    private bool More(char end, bool isFirst)
    {
        SkipBlanks();
        if (Peek() == end)
        {
            _position++;
            return false;
        }
        if (!isFirst)
            Expect(',');
        return true;
    }

    private JsonNumber Number()
    {
        var start = _position;
        if (Peek() == '-')
            _position++;
        if (Peek() == '0')
            _position++;
        else
            Digits();
        if (Peek() == '.')
        {
            _position++;
            Digits();
        }
        if (Peek() is 'e' or 'E')
        {
            _position++;
            if (Peek() is '+' or '-')
                _position++;
            Digits();
        }
        return new JsonNumber(_text.Substring(start, _position - start));
    }

    private void Digits()
    {
        var start = _position;
        while (Peek() is >= '0' and <= '9')
            _position++;
        if (_position == start)
            throw Error("a digit is expected");
    }

    private string String()
    {
        _position++;
        var value = new StringBuilder();
        while (true)
        {
            if (_position >= _text.Length)
                throw Error("the text ends within a string");
            var next = _text[_position];
            if (next < ' ')
                throw Error($"control character {(int)next:x4} within a string");
            _position++;
            if (next == '"')
                return value.ToString();
            value.Append(next == '\\' ? Escape() : next);
        }
    }

    private char Escape()
    {
        var kind = Peek();
        _position++;
        return kind switch
        {
            '"' or '\\' or '/' => kind,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => HexCharacter(),
            _ => throw Error("unknown escape within a string"),
        };
    }

    private char HexCharacter()
    {
        var character = 0;
        for (var i = 0; i < 4; i++, _position++)
        {
            character = character * 16 + Peek() switch
            {
                >= '0' and <= '9' and var digit => digit - '0',
                >= 'a' and <= 'f' and var digit => digit - 'a' + 10,
                >= 'A' and <= 'F' and var digit => digit - 'A' + 10,
                _ => throw Error("four hexadecimal digits are expected"),
            };
        }
        return (char)character;
    }

    private JsonValue Word(string word, JsonValue value)
    {
        if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0)
            throw Error($"{word} is expected");
        _position += word.Length;
        return value;
    }

    private void Expect(char expected)
    {
        if (Peek() != expected)
            throw Error($"'{expected}' is expected");
        _position++;
    }

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r')
            _position++;
    }

    /// <summary>The character at the position; NUL at the end, which no rule above accepts.</summary>
    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private InvalidSchemaException Error(string what)
    {
        var before = _text.Substring(0, Math.Min(_position, _text.Length));
        var line = before.Count(character => character == '\n') + 1;
        return new InvalidSchemaException($"Not JSON at line {line}, column {before.Length - before.LastIndexOf('\n')}: {what}.");
    }
}
