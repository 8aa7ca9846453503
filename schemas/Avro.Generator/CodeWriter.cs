using System.Text;

namespace Streaming.Avro.Generator;

/// <summary>Lines of C#, indented by the blocks around them.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
        return this;
    }

    /// <summary>The header, and what is written within, in braces.</summary>
    public CodeWriter Block(string header, Action body)
    {
        Line(header).Line("{");
        Indented(body);
        return Line("}");
    }

    public CodeWriter Indented(Action body)
    {
        _depth++;
        body();
        _depth--;
        return this;
    }

    public override string ToString() => _text.ToString();
}
