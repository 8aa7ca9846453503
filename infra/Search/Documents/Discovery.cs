using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;

namespace Streaming.Search.Documents;

/// <summary>Adds to a mapping what a document brought: texts get a field for words and one for the whole, as Elasticsearch does it.</summary>
internal static class Discovery
{
    private const string Text = """{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}""";

    /// <exception cref="SearchFailure">More fields than a mapping may have.</exception>
    public static IndexMapping Extend(IndexMapping mapping, IReadOnlyList<(string Path, FieldType? Type)> unmapped)
    {
        using var json = new MemoryStream();
        foreach (var (path, type) in unmapped)
        {
            json.SetLength(0);
            using (var writer = new Utf8JsonWriter(json))
                Write(writer, path, type);
            using var addition = JsonDocument.Parse(json.GetBuffer().AsMemory(0, (int)json.Length));
            mapping = MappingReader.Merge(mapping, addition.RootElement);
        }

        return mapping;
    }

    private static void Write(Utf8JsonWriter writer, string path, FieldType? type)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("properties");
        writer.WritePropertyName(path);
        if (type == FieldType.Text)
        {
            writer.WriteRawValue(Text);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("type", type is { } known ? FieldTypes.NameOf(known) : "object");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
