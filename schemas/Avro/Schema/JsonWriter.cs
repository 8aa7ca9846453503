using System.Text;

namespace Streaming.Avro.Schema;

/// <summary>Writes JSON without white space; what it writes can be chained.</summary>
internal sealed class JsonWriter
{
    private readonly StringBuilder _text = new();

    public JsonWriter Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    public JsonWriter String(string value)
    {
        _text.Append('"');
        foreach (var character in value)
        {
            switch (character)
            {
                case '"' or '\\':
                    _text.Append('\\').Append(character);
                    break;
                case < ' ':
                    _text.Append("\\u").Append(((int)character).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
                    break;
                default:
                    _text.Append(character);
                    break;
            }
        }
        _text.Append('"');
        return this;
    }

    public JsonWriter Value(JsonValue value)
    {
        switch (value)
        {
            case JsonNull:
                return Raw("null");
            case JsonBoolean boolean:
                return Raw(boolean.Value ? "true" : "false");
            case JsonNumber number:
                return Raw(number.Text);
            case JsonString text:
                return String(text.Value);
            case JsonArray array:
                return List('[', array.Items, ']', item => Value(item));
            case JsonObject members:
                return List('{', members.Members, '}', member => String(member.Key).Raw(":").Value(member.Value));
            default:
                throw new InvalidOperationException($"No JSON for {value.GetType().Name}; add it above.");
        }
    }

    public JsonWriter List<T>(char open, IReadOnlyList<T> items, char close, Action<T> write)
    {
        _text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _text.Append(',');
            write(items[i]);
        }
        _text.Append(close);
        return this;
    }

    public override string ToString() => _text.ToString();
}
