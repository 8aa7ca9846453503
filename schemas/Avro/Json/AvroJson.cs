using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Json;

/// <summary>Avro's own JSON encoding (specification 1.12, "JSON Encoding"), from and to the binary one: unions name their branch, bytes are text of one character a byte.</summary>
/// <remarks>Logical types are what they are made of. <see cref="PlainJson"/> is for people to read; this is for other Avro tools.</remarks>
public static class AvroJson
{
    private const int BufferBytesFirst = 1_024;

    // Each record within a record can bring an array, a map and a union's object with it.
    private static readonly JsonDocumentOptions _strict = new() { MaxDepth = AvroLimits.DepthMax * 4, AllowDuplicateProperties = false };

    /// <summary>Writes the value that the bytes hold, all of them.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says, or go on after the value.</exception>
    public static void Write(Utf8JsonWriter json, AvroSchema schema, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(json);
        var reader = new AvroReader(bytes);
        AvroJsonWriter.Write(json, schema, ref reader);
        reader.ReadEnd();
    }

    /// <summary>The binary encoding of the value that the text holds. Fields may come in any order; each must be there, and none beyond the schema's.</summary>
    /// <exception cref="FormatException">The text is no JSON, or not what the schema says; the message says where.</exception>
    public static byte[] Read(AvroSchema schema, ReadOnlyMemory<byte> utf8Json)
    {
        using var document = Parse(utf8Json);
        try
        {
            return Read(schema, document.RootElement, Math.Max(BufferBytesFirst, utf8Json.Length));
        }
        catch (InvalidOperationException cause)
        {
            // Records too deep within one another, or half a surrogate, escaped: JSON can write it, UTF-8 cannot.
            throw new FormatException(cause.Message, cause);
        }
    }

    private static byte[] Read(AvroSchema schema, JsonElement json, int bufferBytes)
    {
        for (var buffer = new byte[bufferBytes]; ; buffer = new byte[buffer.Length * 2])
        {
            var writer = new AvroWriter(buffer);
            AvroJsonReader.Read(schema, json, "", ref writer);
            if (!writer.IsOverflown)
                return buffer[..writer.Written];
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            return JsonDocument.Parse(utf8Json, _strict);
        }
        catch (JsonException cause)
        {
            throw new FormatException($"The text is no JSON: {cause.Message}", cause);
        }
    }
}
