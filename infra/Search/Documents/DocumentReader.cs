using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;

namespace Streaming.Search.Documents;

/// <summary>Reads a document's JSON by a mapping. What the mapping refuses is refused before anything of it is kept.</summary>
internal static class DocumentReader
{
    private const int KeywordBytesMax = 32_766;   // Lucene's limit of a term.
    private static readonly JsonReaderOptions _options = new() { MaxDepth = 64 };

    /// <exception cref="SearchFailure">No JSON, or not what the mapping says.</exception>
    public static void Read(ReadOnlySpan<byte> source, IndexMapping mapping, ParsedDocument into)
    {
        into.Clear();
        if (!Utf8.IsValid(source))
            throw SearchFailure.Document("failed to parse: the document is no UTF-8");
        var json = new Utf8JsonReader(source, _options);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                throw SearchFailure.Document("failed to parse: a document is a JSON object");
            ReadObject(ref json, mapping.Root, mapping.Dynamic, into);
            if (json.Read())
                throw SearchFailure.Document("failed to parse: something follows the document");
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw SearchFailure.Document($"failed to parse: {cause.Message}", cause);
        }
    }

    private static void ReadObject(ref Utf8JsonReader json, ObjectMapping mapping, DynamicRule rule, ParsedDocument into)
    {
        var expected = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var entry = json.ValueIsEscaped ? mapping.Find(json.GetString()!) : mapping.Find(json.ValueSpan, expected);
            if (entry is null)
            {
                ReadUnknown(ref json, mapping, rule, into);
                continue;
            }

            expected = entry.Index + 1;
            json.Read();
            ReadEntry(ref json, entry, rule, into);
        }
    }

    private static void ReadEntry(ref Utf8JsonReader json, MappingEntry entry, DynamicRule rule, ParsedDocument into)
    {
        if (entry.Field is { } field)
            ReadValue(ref json, field, into);
        else if (entry.Object!.IsEnabled)
            ReadInner(ref json, entry.Object, rule, into);
        else
            json.Skip();
    }

    private static void ReadInner(ref Utf8JsonReader json, ObjectMapping mapping, DynamicRule rule, ParsedDocument into)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(ref json, mapping, mapping.Dynamic ?? rule, into);
                break;
            case JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    ReadInner(ref json, mapping, rule, into);
                break;
            case JsonTokenType.Null:
                break;
            default:
                throw SearchFailure.Document($"object mapping for [{mapping.Path}] tried to parse field [{mapping.Path}] as object, but found a concrete value");
        }
    }

    private static void ReadValue(ref Utf8JsonReader json, Field field, ParsedDocument into)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    ReadValue(ref json, field, into);
                break;
            case JsonTokenType.Null:
                break;
            case JsonTokenType.StartObject:
                throw SearchFailure.Document($"failed to parse field [{field.Path}] of type [{FieldTypes.NameOf(field.Type)}]: found an object");
            default:
                var start = Take(ref json, into, out var length);
                Add(field, json.TokenType, start, length, into);
                foreach (var (_, sub) in field.SubFields)
                    Add(sub, json.TokenType, start, length, into);
                break;
        }
    }

    private static int Take(ref Utf8JsonReader json, ParsedDocument into, out int length)
    {
        if (!json.ValueIsEscaped)
        {
            length = json.ValueSpan.Length;
            return into.AddText(json.ValueSpan);
        }

        var text = Encoding.UTF8.GetBytes(json.GetString()!);
        length = text.Length;
        return into.AddText(text);
    }

    private static void Add(Field field, JsonTokenType token, int start, int length, ParsedDocument into)
    {
        if (!field.IsIndexed && !field.HasDocValues)
            return;
        var text = into.TextAt(start, length);
        switch (field.Type)
        {
            case FieldType.Text:
                into.Add(field, start, length);
                break;
            case FieldType.Keyword:
                if (field.IgnoreAbove != int.MaxValue && Encoding.UTF8.GetCharCount(text) > field.IgnoreAbove)
                    break;
                if (length > KeywordBytesMax)
                    throw SearchFailure.IllegalArgument($"Document contains at least one immense term in field=\"{field.Path}\" (longer than {KeywordBytesMax} bytes)");
                into.Add(field, start, length);
                break;
            case FieldType.Boolean:
                into.Add(field, Boolean(field, token, text));
                break;
            case FieldType.Date:
                into.Add(field, Date(field, token, text));
                break;
            default:
                if (token is JsonTokenType.True or JsonTokenType.False)
                    throw Wrong(field, text, "a number was expected");
                if (length == 0)
                    break;   // An empty text is no number, and no error (coerce).
                if (NumberForm.TryRead(field, text, out var number) is { } why)
                    throw Wrong(field, text, why);
                into.Add(field, number);
                break;
        }
    }

    private static long Boolean(Field field, JsonTokenType token, ReadOnlySpan<byte> text)
    {
        if (token is JsonTokenType.True || (token == JsonTokenType.String && text.SequenceEqual("true"u8)))
            return 1;
        if (token is JsonTokenType.False || (token == JsonTokenType.String && (text.IsEmpty || text.SequenceEqual("false"u8))))
            return 0;
        throw Wrong(field, text, "only [true] or [false] are allowed");
    }

    private static long Date(Field field, JsonTokenType token, ReadOnlySpan<byte> text)
    {
        // Four digits are a year, also where they are no text; everything else without dashes is milliseconds.
        if (DateText.TryParse(text, out var first, out _) && token is JsonTokenType.String or JsonTokenType.Number)
            return first;
        if (token is JsonTokenType.String or JsonTokenType.Number && System.Buffers.Text.Utf8Parser.TryParse(text, out long millis, out var used) && used == text.Length)
            return millis;
        throw Wrong(field, text, "it is no date of the format [strict_date_optional_time||epoch_millis]");
    }

    private static SearchFailure Wrong(Field field, ReadOnlySpan<byte> text, string why) => SearchFailure.Document(
        $"failed to parse field [{field.Path}] of type [{FieldTypes.NameOf(field.Type)}]: {why}. Preview of field's value: '{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}'");

    private static void ReadUnknown(ref Utf8JsonReader json, ObjectMapping mapping, DynamicRule rule, ParsedDocument into)
    {
        var name = json.GetString()!;
        json.Read();
        var dot = name.IndexOf('.');
        if (dot > 0 && mapping.Find(name[..dot]) is { Object: { } inner })
        {
            ReadDotted(ref json, inner, name[(dot + 1)..], inner.Dynamic ?? rule, into);
            return;
        }

        if (rule == DynamicRule.Strict)
            throw SearchFailure.StrictMapping(name, mapping.Path.Length == 0 ? "_doc" : mapping.Path);
        if (rule == DynamicRule.Add)
            Discover(ref json, mapping.PathOf(name), into);
        else
            json.Skip();
    }

    private static void ReadDotted(ref Utf8JsonReader json, ObjectMapping mapping, string name, DynamicRule rule, ParsedDocument into)
    {
        if (mapping.Find(name) is { } entry)
        {
            ReadEntry(ref json, entry, rule, into);
            return;
        }

        var dot = name.IndexOf('.');
        if (dot > 0 && mapping.Find(name[..dot]) is { Object: { } inner })
            ReadDotted(ref json, inner, name[(dot + 1)..], inner.Dynamic ?? rule, into);
        else if (rule == DynamicRule.Strict)
            throw SearchFailure.StrictMapping(name, mapping.Path);
        else if (rule == DynamicRule.Add)
            Discover(ref json, mapping.PathOf(name), into);
        else
            json.Skip();
    }

    /// <summary>Finds out what a field that nobody has described is; nulls and empty arrays say nothing.</summary>
    private static void Discover(ref Utf8JsonReader json, string path, ParsedDocument into)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                into.Unmapped.Add((path, null));
                while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                {
                    var name = json.GetString()!;
                    json.Read();
                    Discover(ref json, $"{path}.{name}", into);
                }

                break;
            case JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    Discover(ref json, path, into);
                break;
            case JsonTokenType.String:
                var isDate = !json.ValueIsEscaped && DateText.LooksLikeDate(json.ValueSpan);
                AddOnce(into, path, isDate ? FieldType.Date : FieldType.Text);
                break;
            case JsonTokenType.Number:
                AddOnce(into, path, json.ValueSpan.IndexOfAny("eE."u8) >= 0 ? FieldType.Float : FieldType.Long);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                AddOnce(into, path, FieldType.Boolean);
                break;
            default:
                break;
        }
    }

    // The first value decides, as it does where values come in different documents.
    private static void AddOnce(ParsedDocument into, string path, FieldType type)
    {
        if (!into.Unmapped.Exists(known => known.Path == path))
            into.Unmapped.Add((path, type));
    }
}
