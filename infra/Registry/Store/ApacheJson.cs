using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Streaming.Registry.Store;

/// <summary>Writes JSON to the letter as Jackson does for Apache Avro; what it writes can be chained.</summary>
/// <param name="hasOrderedMembers">Members of objects are ordered by name.</param>
internal sealed class ApacheJson(bool hasOrderedMembers)
{
    // Java writes what is smaller or larger than these with an exponent.
    private const double PlainMin = 1e-3;
    private const double PlainEnd = 1e7;

    private readonly StringBuilder _text = new();

    public ApacheJson Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    public ApacheJson String(string value)
    {
        _text.Append('"');
        foreach (var character in value)
            _ = character is '"' or '\\' or < ' ' ? _text.Append(Escape(character)) : _text.Append(character);
        _text.Append('"');
        return this;
    }

    /// <param name="isFloating">A whole number is written with a point.</param>
    public ApacheJson Value(JsonElement value, bool isFloating = false) => value.ValueKind switch
    {
        JsonValueKind.String => String(value.GetString()!),
        JsonValueKind.Array => List('[', value.EnumerateArray(), ']', item => Value(item)),
        JsonValueKind.Object => List('{', Ordered(value.EnumerateObject()), '}', member => Member(member)),
        JsonValueKind.Number when (isFloating || IsFraction(value.GetRawText())) && double.IsFinite(value.GetDouble()) => Raw(Number(value.GetDouble())),
        _ => Raw(value.GetRawText()),
    };

    /// <summary>Further members of an object that has one already.</summary>
    public ApacheJson Members(IEnumerable<JsonProperty> members)
    {
        foreach (var member in members)
            Raw(",").Member(member);
        return this;
    }

    public ApacheJson List<T>(char open, IEnumerable<T> items, char close, Action<T> write)
    {
        _text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                _text.Append(',');
            isFirst = false;
            write(item);
        }
        _text.Append(close);
        return this;
    }

    public override string ToString() => _text.ToString();

    private ApacheJson Member(JsonProperty member) => String(member.Name).Raw(":").Value(member.Value);

    private IEnumerable<JsonProperty> Ordered(IEnumerable<JsonProperty> members) =>
        hasOrderedMembers ? members.OrderBy(member => member.Name, StringComparer.Ordinal) : members;

    private static bool IsFraction(string number) => number.AsSpan().ContainsAny('.', 'e', 'E');

    private static string Escape(char character) => character switch
    {
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        < ' ' => $"\\u{(int)character:X4}",
        _ => $"\\{character}",
    };

    /// <summary>As java.lang.Double.toString has it: the shortest digits, and at least one behind the point.</summary>
    private static string Number(double value)
    {
        if (value == 0)
            return double.IsNegative(value) ? "-0.0" : "0.0";
        if (Math.Abs(value) is >= PlainMin and < PlainEnd)
        {
            var plain = value.ToString("0.0###################", CultureInfo.InvariantCulture);
            if (double.Parse(plain, CultureInfo.InvariantCulture) == value)
                return plain;
        }
        var parts = value.ToString("E16", CultureInfo.InvariantCulture).Split('E');
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var digits = new string([.. shortest.Split('E')[0].Where(char.IsAsciiDigit)]).Trim('0');
        var sign = value < 0 ? "-" : "";
        return $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{int.Parse(parts[1], CultureInfo.InvariantCulture)}";
    }
}
