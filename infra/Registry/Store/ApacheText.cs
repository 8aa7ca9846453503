using System.Text.Json;
using Streaming.Avro.Schema;

namespace Streaming.Registry.Store;

/// <summary>A schema's text as Apache Avro for Java writes it. Confluent's registry keeps schemas so, and makes their GUIDs of it.</summary>
/// <remarks>
/// Each kind has its own members in a fixed order; attributes follow as their author ordered them; a name stands without its namespace where that is the one
/// around it. Normalized, as by Confluent's <c>normalize</c>, attributes, the members of their values and aliases are ordered by name, a logical type's own
/// attributes first, and a type's empty documentation is left out. Made from the JSON alone, so that a text needs none of those it refers to.
/// Source: org.apache.avro.Schema.toString; io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils.toNormalizedString.
/// </remarks>
internal sealed class ApacheText
{
    private static readonly HashSet<string> _ofType = ["doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"];
    private static readonly HashSet<string> _ofEnum = [.. _ofType, "default"];
    private static readonly HashSet<string> _ofField = ["default", "doc", "name", "order", "type", "aliases"];

    private readonly HashSet<string> _defined = [];
    private readonly bool _isNormalized;
    private readonly ApacheJson _json;

    private ApacheText(bool isNormalized) => (_isNormalized, _json) = (isNormalized, new ApacheJson(hasOrderedMembers: isNormalized));

    /// <param name="schema">A schema that the parser has taken; types that it names and does not define may be anywhere.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidSchemaException">It is no schema.</exception>
    public static string Of(string schema, bool isNormalized = false)
    {
        using var document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 1_000 });
        var text = new ApacheText(isNormalized);
        text.Write(document.RootElement, around: "");
        return text._json.ToString();
    }

    private void Write(JsonElement schema, string around)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.String:
                WriteReference(schema.GetString()!, around);
                break;
            case JsonValueKind.Array:
                _json.List('[', schema.EnumerateArray(), ']', branch => Write(branch, around));
                break;
            case JsonValueKind.Object when schema.TryGetProperty("type", out var type):
                if (type.ValueKind == JsonValueKind.String)
                    WriteType(schema, type.GetString()!, around);
                else
                    Write(type, around);
                break;
            default:
                throw new InvalidSchemaException($"{schema.GetRawText()} is no schema.");
        }
    }

    private void WriteType(JsonElement schema, string type, string around)
    {
        if (type is "record" or "error" or "enum" or "fixed")
        {
            WriteNamed(schema, type, around);
            return;
        }
        var attributes = Attributes(schema, _ofType, mayBeLogical: PrimitiveSchema.Find(type) is not null);
        if (type is not ("array" or "map") && (attributes.Count == 0 || PrimitiveSchema.Find(type) is null))
        {
            WriteReference(type, around);
            return;
        }
        _json.Raw("{\"type\":").String(type);
        if (type is "array" or "map")
        {
            var items = type == "array" ? "items" : "values";
            _json.Raw(",").String(items).Raw(":");
            Write(schema.GetProperty(items), around);
        }
        _json.Members(attributes).Raw("}");
    }

    private void WriteNamed(JsonElement schema, string type, string around)
    {
        var name = SchemaName.Of(schema.GetProperty("name").GetString()!, Text(schema, "namespace") ?? around);
        _defined.Add(name.Full);
        _json.Raw("{\"type\":").String(type).Raw(",\"name\":").String(name.Last);
        if (name.Namespace != around)
            _json.Raw(",\"namespace\":").String(name.Namespace);
        if (Text(schema, "doc") is { } doc && !(_isNormalized && doc.Length == 0))
            _json.Raw(",\"doc\":").String(doc);
        WriteContent(schema, type, name.Namespace);
        _json.Members(Attributes(schema, type == "enum" ? _ofEnum : _ofType, mayBeLogical: type == "fixed"));
        var aliases = Texts(schema, "aliases").Select(alias => SchemaName.Of(alias, name.Namespace)).DistinctBy(alias => alias.Full);
        WriteAliases([.. (_isNormalized ? aliases.OrderBy(alias => alias.Full, StringComparer.Ordinal) : aliases).Select(alias => alias.Within(name.Namespace))]);
        _json.Raw("}");
    }

    private void WriteContent(JsonElement schema, string type, string around)
    {
        switch (type)
        {
            case "enum":
                _json.Raw(",\"symbols\":").List('[', Texts(schema, "symbols"), ']', symbol => _json.String(symbol));
                if (Text(schema, "default") is { } chosen)
                    _json.Raw(",\"default\":").String(chosen);
                break;
            case "fixed":
                _json.Raw(",\"size\":").Value(schema.GetProperty("size"));
                break;
            default:
                _json.Raw(",\"fields\":").List('[', schema.GetProperty("fields").EnumerateArray(), ']', field => WriteField(field, around));
                break;
        }
    }

    private void WriteField(JsonElement field, string around)
    {
        _json.Raw("{\"name\":").Value(field.GetProperty("name")).Raw(",\"type\":");
        Write(field.GetProperty("type"), around);
        if (Text(field, "doc") is { } doc)
            _json.Raw(",\"doc\":").String(doc);
        if (field.TryGetProperty("default", out var value))
            _json.Raw(",\"default\":").Value(value, isFloating: _isNormalized && IsFloating(field.GetProperty("type")));
        if (Text(field, "order") is { } order && order != "ascending")
            _json.Raw(",\"order\":").String(order);
        var aliases = Texts(field, "aliases").Distinct();
        WriteAliases([.. _isNormalized ? aliases.Order(StringComparer.Ordinal) : aliases]);
        _json.Members(Attributes(field, _ofField, mayBeLogical: false)).Raw("}");
    }

    private void WriteAliases(IReadOnlyList<string> aliases)
    {
        if (aliases.Count > 0)
            _json.Raw(",\"aliases\":").List('[', aliases, ']', alias => _json.String(alias));
    }

    private void WriteReference(string name, string around)
    {
        if (PrimitiveSchema.Find(name) is not null)
        {
            _json.String(name);
            return;
        }
        // A type without a namespace is found from within one too, where that has none of its name.
        var meant = SchemaName.Of(name, around);
        _json.String(!_defined.Contains(meant.Full) && _defined.Contains(name) ? name : meant.Within(around));
    }

    private List<JsonProperty> Attributes(JsonElement schema, HashSet<string> own, bool mayBeLogical)
    {
        var attributes = schema.EnumerateObject().Where(member => !own.Contains(member.Name)).ToList();
        if (!_isNormalized || attributes.Count < 2)
            return attributes;
        var logical = mayBeLogical ? AvroSchema.Parse(schema.GetRawText()).LogicalType : null;
        return [.. attributes.OrderBy(attribute => Rank(attribute.Name, logical)).ThenBy(attribute => attribute.Name, StringComparer.Ordinal)];
    }

    private static int Rank(string attribute, LogicalType? logical) => (attribute, logical) switch
    {
        ("logicalType", not null) => 0,
        ("precision", { Kind: LogicalTypeKind.Decimal }) => 1,
        ("scale", { Kind: LogicalTypeKind.Decimal, Scale: > 0 }) => 2,
        _ => 3,
    };

    /// <summary>Normalizing reads a default as its type has it, and a whole number of a floating type has a point.</summary>
    private static bool IsFloating(JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => type.GetString() is "float" or "double",
        JsonValueKind.Array when type.GetArrayLength() > 0 => IsFloating(type[0]),
        JsonValueKind.Object when type.TryGetProperty("type", out var inner) => IsFloating(inner),
        _ => false,
    };

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IReadOnlyList<string> Texts(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : [];
}
