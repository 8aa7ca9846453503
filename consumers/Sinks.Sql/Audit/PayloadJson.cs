using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Json;
using Streaming.Avro.Schema;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Audit;

/// <summary>An Avro value as the JSON that a person would write: unions without their branch, times in ISO 8601, decimals and UUIDs as text, bytes as base64.</summary>
/// <remarks>Reads the bytes by the schema they were written with, so that it shows every field of every version, known to this build or not.</remarks>
internal static class PayloadJson
{
    /// <summary>Leaves letters of all languages readable: the text goes into a column, never into a page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <exception cref="MalformedAvroException">The bytes are not what the schema says.</exception>
    /// <exception cref="UnstorableTextException">A text holds U+0000.</exception>
    public static void Write(Utf8JsonWriter json, RecordSchema schema, ReadOnlySpan<byte> body) =>
        PlainJson.Write(json, schema, body, RefuseUnstorable);

    private static void RefuseUnstorable(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Contains((byte)0))
            throw new UnstorableTextException();
    }
}
