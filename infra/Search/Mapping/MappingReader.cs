using System.Text.Json;
using Streaming.Search.Failures;

namespace Streaming.Search.Mapping;

/// <summary>Reads a mapping as the API has it, and joins it to the one that is there.</summary>
internal sealed class MappingReader
{
    private int _nextNumber;

    private MappingReader(int fieldCount) => _nextNumber = fieldCount;

    /// <exception cref="SearchFailure">A type or parameter that is not known, or a field that has another type already.</exception>
    public static IndexMapping Merge(IndexMapping existing, JsonElement added)
    {
        if (added.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Document("a mapping is an object");
        var reader = new MappingReader(existing.FieldCount);
        var meta = existing.Meta;
        foreach (var part in added.EnumerateObject())
        {
            switch (part.Name)
            {
                case "properties" or "dynamic":
                    break;   // Read with the root object.
                case "_meta":
                    meta = part.Value.GetRawText();
                    break;
                case "_source" when part.Value.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.True:
                    break;
                case "date_detection" when part.Value.ValueKind == JsonValueKind.True:
                    break;
                default:
                    throw SearchFailure.Document($"Root mapping definition has unsupported parameters: [{part.Name} : {part.Value.GetRawText()}]");
            }
        }

        var merged = new IndexMapping(reader.Object(existing.Root, "", added), meta);
        return merged.FieldCount <= IndexMapping.FieldsMax
            ? merged
            : throw SearchFailure.IllegalArgument($"Limit of total fields [{IndexMapping.FieldsMax}] has been exceeded");
    }

    private ObjectMapping Object(ObjectMapping? existing, string path, JsonElement added)
    {
        var mapping = existing ?? ObjectMapping.Empty(path);
        if (added.TryGetProperty("dynamic", out var dynamic))
            mapping = mapping with { Dynamic = Rule(dynamic) };
        if (!added.TryGetProperty("properties", out var properties))
            return mapping;
        if (properties.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Document("Expected map for property [properties]");
        foreach (var property in properties.EnumerateObject())
            mapping = Property(mapping, property.Name, property.Value);
        return mapping;
    }

    private ObjectMapping Property(ObjectMapping mapping, string name, JsonElement definition)
    {
        if (definition.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Document($"Expected map for property [{mapping.PathOf(name)}]");
        if (name.Length == 0)
            throw SearchFailure.IllegalArgument("name cannot be empty string");
        var dot = name.IndexOf('.');
        if (dot >= 0)
        {
            var outer = mapping.Find(name[..dot])?.Object ?? ObjectMapping.Empty(mapping.PathOf(name[..dot]));
            return With(mapping, name[..dot], field: null, Property(outer, name[(dot + 1)..], definition));
        }

        var existing = mapping.Find(name);
        var path = mapping.PathOf(name);
        var type = definition.TryGetProperty("type", out var given) ? given.GetString() ?? "" : "object";
        if (type != "object")
        {
            return existing?.Object is not null
                ? throw SearchFailure.IllegalArgument($"can't merge a non object mapping [{path}] with an object mapping")
                : With(mapping, name, FieldOf(existing?.Field, path, type, definition), inner: null);
        }

        if (existing?.Field is { } field)
            throw SearchFailure.IllegalArgument($"mapper [{path}] cannot be changed from type [{FieldTypes.NameOf(field.Type)}] to [ObjectMapper]");
        foreach (var parameter in definition.EnumerateObject())
        {
            if (parameter.Name is not ("type" or "properties" or "dynamic" or "enabled"))
                throw UnknownParameter(parameter.Name, path, "object");
        }

        var inner = Object(existing?.Object, path, definition);
        if (definition.TryGetProperty("enabled", out var enabled))
            inner = inner with { IsEnabled = Flag(enabled, path, "enabled") };
        return With(mapping, name, field: null, inner);
    }

    private Field FieldOf(Field? existing, string path, string typeName, JsonElement definition)
    {
        if (!FieldTypes.TryParse(typeName, out var type))
            throw SearchFailure.Document($"No handler for type [{typeName}] declared on field [{path}]: this search node does not support it");
        if (existing is not null && existing.Type != type)
            throw SearchFailure.IllegalArgument($"mapper [{path}] cannot be changed from type [{FieldTypes.NameOf(existing.Type)}] to [{typeName}]");
        var field = existing ?? new Field(_nextNumber++, path, type);
        foreach (var parameter in definition.EnumerateObject())
            field = With(field, parameter.Name, parameter.Value);
        if (type == FieldType.ScaledFloat && !definition.TryGetProperty("scaling_factor", out _))
            throw SearchFailure.Document($"Field [scaling_factor] is required on mapper [{path}]");
        if (existing is not null && (existing with { SubFields = field.SubFields }) != field && definition.EnumerateObject().Count() > 1)
            throw SearchFailure.IllegalArgument($"Mapper for [{path}] conflicts with existing mapper: only fields can be added to it");
        return field;
    }

    private Field With(Field field, string parameter, JsonElement value) => (parameter, field.Type) switch
    {
        ("type", _) => field,
        ("index", _) => field with { IsIndexed = Flag(value, field.Path, parameter) },
        ("doc_values", not FieldType.Text) => field with { HasDocValues = Flag(value, field.Path, parameter) },
        ("ignore_above", FieldType.Keyword) when value.TryGetInt32(out var length) => field with { IgnoreAbove = length },
        ("scaling_factor", FieldType.ScaledFloat) when value.TryGetDouble(out var factor) && factor > 0 => field with { ScalingFactor = factor },
        ("analyzer", FieldType.Text) when value.ValueEquals("standard") => field,
        ("format", FieldType.Date) when IsKnownFormat(value) => field,
        ("coerce", _) when field.Storage == Storage.Numbers && value.ValueKind == JsonValueKind.True => field,
        ("fields", _) when value.ValueKind == JsonValueKind.Object => WithSubFields(field, value),
        ("analyzer" or "format" or "coerce", _) =>
            throw SearchFailure.Document($"[{parameter}] with the value {value.GetRawText()} on mapper [{field.Path}] is not supported by this search node"),
        _ => throw UnknownParameter(parameter, field.Path, FieldTypes.NameOf(field.Type)),
    };

    private Field WithSubFields(Field field, JsonElement definitions)
    {
        var subFields = field.SubFields.ToList();
        foreach (var definition in definitions.EnumerateObject())
        {
            var at = subFields.FindIndex(sub => sub.Name == definition.Name);
            var typeName = definition.Value.TryGetProperty("type", out var type) ? type.GetString() ?? "" : "";
            var sub = FieldOf(at < 0 ? null : subFields[at].Field, $"{field.Path}.{definition.Name}", typeName, definition.Value);
            if (at < 0)
                subFields.Add((definition.Name, sub));
            else
                subFields[at] = (definition.Name, sub);
        }

        return field with { SubFields = subFields };
    }

    private static bool IsKnownFormat(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is "strict_date_optional_time||epoch_millis" or "strict_date_optional_time" or "date_optional_time";

    private static DynamicRule Rule(JsonElement value) => value.ToString().ToLowerInvariant() switch
    {
        "true" => DynamicRule.Add,
        "false" => DynamicRule.Ignore,
        "strict" => DynamicRule.Strict,
        var other => throw SearchFailure.Document($"[dynamic] is true, false or strict; [{other}] is not supported by this search node"),
    };

    private static bool Flag(JsonElement value, string path, string parameter) => value.ToString().ToLowerInvariant() switch
    {
        "true" => true,
        "false" => false,
        var other => throw SearchFailure.Document($"Failed to parse value [{other}] of [{parameter}] on mapper [{path}] as only [true] or [false] are allowed."),
    };

    private static SearchFailure UnknownParameter(string parameter, string path, string type) =>
        SearchFailure.Document($"unknown parameter [{parameter}] on mapper [{path}] of type [{type}]");

    private static ObjectMapping With(ObjectMapping mapping, string name, Field? field, ObjectMapping? inner)
    {
        var entries = mapping.Entries.ToList();
        var at = entries.FindIndex(entry => entry.Name == name);
        var entry = new MappingEntry(name, at < 0 ? entries.Count : at, field, inner);
        if (at < 0)
            entries.Add(entry);
        else
            entries[at] = entry;
        return mapping with { Entries = [.. entries] };
    }
}
