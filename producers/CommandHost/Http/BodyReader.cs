using System.Text.Json;

namespace Streaming.CommandHost.Http;

/// <summary>Reads the fields of a JSON object strictly, and collects what is wrong with them instead of stopping at the first.</summary>
/// <remarks>Fields that nobody asked for are wrong too: a misspelt optional field would otherwise be ignored in silence.</remarks>
public sealed class BodyReader
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly JsonElement _body;
    private readonly FieldErrors _errors;
    private readonly string _path;
    private readonly List<FieldShape>? _shapes;

    internal BodyReader(JsonElement body, FieldErrors errors, string path = "", List<FieldShape>? shapes = null) =>
        (_body, _errors, _path, _shapes) = (body, errors, path, shapes);

    /// <summary>Text that must be there; empty text when it is not.</summary>
    public string Text(string field)
    {
        Shape(field, FieldKind.Text, isRequired: true);
        var text = ReadText(field);
        if (text is null && !Found(field, out _))
            Wrong(field, "is missing: give a text.");
        return text ?? "";
    }

    /// <summary>Text; null when it is not there.</summary>
    public string? OptionalText(string field)
    {
        Shape(field, FieldKind.Text, isRequired: false);
        return ReadText(field);
    }

    /// <summary>A whole number of units that must be there.</summary>
    public int Quantity(string field)
    {
        Shape(field, FieldKind.Whole, isRequired: true);
        if (!Found(field, out var value))
            Wrong(field, "is missing: give a whole number of units.");
        else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var quantity))
            return quantity;
        else
            Wrong(field, $"is no whole number of units: give a number without quotes and fraction, at most {int.MaxValue}.");
        return 0;
    }

    /// <summary>A whole number from 1, such as an entry's; 0 when it is not there or no such number.</summary>
    public long Number(string field)
    {
        Shape(field, FieldKind.Whole, isRequired: true);
        if (!Found(field, out var value))
            Wrong(field, "is missing: give a whole number from 1.");
        else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number > 0)
            return number;
        else
            Wrong(field, "is no whole number from 1: give one without quotes and fraction.");
        return 0;
    }

    /// <summary>An amount of money that must be there, as a number or as text, exactly as it was written.</summary>
    public decimal Amount(string field)
    {
        Shape(field, FieldKind.Amount, isRequired: true);
        if (!Found(field, out var value))
            Wrong(field, "is missing: give an amount such as \"12.50\".");
        else if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number && ExactAmount.TryParse(TextOf(value), out var amount))
            return amount;
        else
            Wrong(field, $"is no amount: give one such as 12.50 or \"12.50\", with at most {ExactAmount.WholeDigitsMax} digits before and "
                + $"{ExactAmount.ScaleMax} after the point.");
        return 0;
    }

    /// <summary>A list of objects that must be there, each read by <paramref name="read"/>; their errors are told as <c>lines[0].quantity</c>.</summary>
    public IReadOnlyList<T> List<T>(string field, int countMax, Func<BodyReader, T> read)
    {
        if (_shapes is not null)
            return [DescribeItem(field, read)];
        if (!Found(field, out var value))
            Wrong(field, "is missing: give a list of objects.");
        else if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
            Wrong(field, "is no list of objects: give [{…}, …].");
        else if (value.GetArrayLength() > countMax)
            Wrong(field, $"has {value.GetArrayLength()} entries: give at most {countMax}.");
        else
            return [.. value.EnumerateArray().Select((item, index) => ReadItem($"{_path}{field}[{index}].", item, read))];
        return [];
    }

    /// <summary>Business time: a date, which is its first moment in UTC, or a time with its offset; null when it is not there.</summary>
    public DateTimeOffset? OptionalTime(string field)
    {
        Shape(field, FieldKind.Time, isRequired: false);
        if (ReadText(field) is not { } text)
            return null;
        if (BusinessTime.TryParse(text, out var time))
            return time;
        Wrong(field, BusinessTime.Wrong);
        return null;
    }

    /// <summary>Call last: whatever was not asked for is reported.</summary>
    public void RefuseOthers()
    {
        foreach (var property in _body.EnumerateObject().Where(property => !_known.Contains(property.Name)))
            Wrong(property.Name, $"is not known here: {string.Join(", ", _known)} are.");
    }

    // Null is what others send for "not given".
    private bool Found(string field, out JsonElement value)
    {
        _known.Add(field);
        return _body.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private string? ReadText(string field)
    {
        if (!Found(field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Wrong(field, "is no text: put it in quotes.");
        return null;
    }

    private T ReadItem<T>(string path, JsonElement item, Func<BodyReader, T> read)
    {
        var reader = new BodyReader(item, _errors, path);
        var made = read(reader);
        reader.RefuseOthers();
        return made;
    }

    private T DescribeItem<T>(string field, Func<BodyReader, T> read)
    {
        var shapes = new List<FieldShape>();
        var item = read(new BodyReader(_body, _errors, shapes: shapes));
        _shapes!.Add(new(field, FieldKind.List, IsRequired: true, shapes));
        return item;
    }

    private void Shape(string field, FieldKind kind, bool isRequired) => _shapes?.Add(new(field, kind, isRequired, []));

    private void Wrong(string field, string problem) => _errors.Add(_path + field, problem);

    // As it was written: the way over a double would lose digits.
    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
