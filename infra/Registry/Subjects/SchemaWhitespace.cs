using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streaming.Registry.Subjects;

/// <summary>Takes the whitespace between tokens out of a JSON text and leaves everything else, member order too, as its author wrote it.</summary>
internal static class SchemaWhitespace
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_000 };

    /// <param name="json">Valid JSON; the schema parser has the last word on that.</param>
    public static string Strip(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });
            using var stream = new MemoryStream(json.Length);
            using (var writer = new Utf8JsonWriter(stream, Compact))
                document.WriteTo(writer);
            return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
