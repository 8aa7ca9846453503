using System.Text.Json;

namespace Streaming.Search.Mapping;

/// <summary>Writes a mapping as the API has it: what <see cref="MappingReader"/> reads.</summary>
internal static class MappingWriter
{
    public static void Write(Utf8JsonWriter json, IndexMapping mapping)
    {
        json.WriteStartObject();
        if (mapping.Meta is { } meta)
        {
            json.WritePropertyName("_meta");
            json.WriteRawValue(meta);
        }

        WriteContent(json, mapping.Root);
        json.WriteEndObject();
    }

    public static void WriteField(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject();
        json.WriteString("type", FieldTypes.NameOf(field.Type));
        if (!field.IsIndexed)
            json.WriteBoolean("index", false);
        if (!field.HasDocValues)
            json.WriteBoolean("doc_values", false);
        if (field.IgnoreAbove != int.MaxValue)
            json.WriteNumber("ignore_above", field.IgnoreAbove);
        if (field.Type == FieldType.ScaledFloat)
            json.WriteNumber("scaling_factor", field.ScalingFactor);
        if (field.SubFields.Count > 0)
        {
            json.WriteStartObject("fields");
            foreach (var (name, sub) in field.SubFields)
            {
                json.WritePropertyName(name);
                WriteField(json, sub);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, ObjectMapping mapping)
    {
        if (mapping.Dynamic is { } rule)
            json.WriteString("dynamic", rule switch { DynamicRule.Strict => "strict", DynamicRule.Ignore => "false", _ => "true" });
        if (mapping.Entries.Count == 0)
            return;
        json.WriteStartObject("properties");
        foreach (var entry in mapping.Entries)
        {
            json.WritePropertyName(entry.Name);
            if (entry.Field is { } field)
            {
                WriteField(json, field);
                continue;
            }

            json.WriteStartObject();
            if (entry.Object!.Entries.Count == 0)
                json.WriteString("type", "object");
            if (!entry.Object.IsEnabled)
                json.WriteBoolean("enabled", false);
            WriteContent(json, entry.Object);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
