using System.Text.Json;

namespace Streaming.Lake.Delta;

/// <summary>A type of Delta's, as a table's schema names it (Delta protocol, "Schema Serialization Format").</summary>
internal abstract record DeltaType
{
    public static readonly PrimitiveType Text = new("string");
    public static readonly PrimitiveType Long = new("long");
    public static readonly PrimitiveType Int = new("integer");
    public static readonly PrimitiveType Float = new("float");
    public static readonly PrimitiveType Double = new("double");
    public static readonly PrimitiveType Boolean = new("boolean");
    public static readonly PrimitiveType Binary = new("binary");
    public static readonly PrimitiveType Date = new("date");
    public static readonly PrimitiveType Timestamp = new("timestamp");

    public static PrimitiveType Decimal(int precision, int scale) => new($"decimal({precision},{scale})");
}

/// <param name="Name">Such as <c>long</c> or <c>decimal(28,4)</c>.</param>
internal sealed record PrimitiveType(string Name) : DeltaType
{
    public override string ToString() => Name;
}

internal sealed record ArrayType(DeltaType Element, bool ContainsNull) : DeltaType
{
    public override string ToString() => $"array<{Element}>";
}

internal sealed record MapType(DeltaType Key, DeltaType Value, bool ContainsNull) : DeltaType
{
    public override string ToString() => $"map<{Key},{Value}>";
}

internal sealed record StructType(IReadOnlyList<DeltaField> Fields) : DeltaType
{
    public DeltaField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    public bool Equals(StructType? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Count;

    public override string ToString() => $"struct<{string.Join(",", Fields.Select(field => $"{field.Name}:{field.Type}"))}>";
}

/// <param name="Comment">What the column holds, for people; null for nothing.</param>
internal sealed record DeltaField(string Name, DeltaType Type, bool IsNullable, string? Comment = null);

/// <summary>Schemas as JSON.</summary>
internal static class DeltaSchemaJson
{
    private const int DepthMax = 32;

    public static string Write(StructType schema)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            Write(json, schema);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <exception cref="MalformedTableException">The text is no schema.</exception>
    public static StructType Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return ReadType(document.RootElement, DepthMax) as StructType ?? throw new MalformedTableException("The table's schema is no struct.");
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new MalformedTableException($"The table's schema cannot be read: {cause.Message}", cause);
        }
    }

    private static void Write(Utf8JsonWriter json, DeltaType type)
    {
        switch (type)
        {
            case PrimitiveType primitive:
                json.WriteStringValue(primitive.Name);
                break;
            case StructType members:
                WriteStruct(json, members);
                break;
            case ArrayType array:
                json.WriteStartObject();
                json.WriteString("type", "array");
                json.WritePropertyName("elementType");
                Write(json, array.Element);
                json.WriteBoolean("containsNull", array.ContainsNull);
                json.WriteEndObject();
                break;
            case MapType map:
                json.WriteStartObject();
                json.WriteString("type", "map");
                json.WritePropertyName("keyType");
                Write(json, map.Key);
                json.WritePropertyName("valueType");
                Write(json, map.Value);
                json.WriteBoolean("valueContainsNull", map.ContainsNull);
                json.WriteEndObject();
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {type}; add it above.");
        }
    }

    private static void WriteStruct(Utf8JsonWriter json, StructType members)
    {
        json.WriteStartObject();
        json.WriteString("type", "struct");
        json.WriteStartArray("fields");
        foreach (var field in members.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WritePropertyName("type");
            Write(json, field.Type);
            json.WriteBoolean("nullable", field.IsNullable);
            json.WriteStartObject("metadata");
            if (field.Comment is not null)
                json.WriteString("comment", field.Comment);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static DeltaType ReadType(JsonElement json, int depthLeft)
    {
        if (depthLeft == 0)
            throw new MalformedTableException($"The table's schema has more than {DepthMax} levels.");
        if (json.ValueKind == JsonValueKind.String)
            return new PrimitiveType(json.GetString()!);
        return json.GetProperty("type").GetString() switch
        {
            "struct" => new StructType([.. json.GetProperty("fields").EnumerateArray().Select(field => ReadField(field, depthLeft))]),
            "array" => new ArrayType(ReadType(json.GetProperty("elementType"), depthLeft - 1), json.GetProperty("containsNull").GetBoolean()),
            "map" => new MapType(
                ReadType(json.GetProperty("keyType"), depthLeft - 1), ReadType(json.GetProperty("valueType"), depthLeft - 1), json.GetProperty("valueContainsNull").GetBoolean()),
            var other => throw new MalformedTableException($"The table's schema has a type '{other}'."),
        };
    }

    private static DeltaField ReadField(JsonElement json, int depthLeft)
    {
        var comment = json.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("comment", out var text)
            && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return new(json.GetProperty("name").GetString()!, ReadType(json.GetProperty("type"), depthLeft - 1), json.GetProperty("nullable").GetBoolean(), comment);
    }
}
