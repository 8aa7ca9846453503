using System.Globalization;
using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Json;

/// <summary>An Avro value as the JSON that a person would write: unions without their branch, times in ISO 8601, decimals and UUIDs as text, bytes as base64.</summary>
/// <remarks>Reads the bytes by the schema they were written with, so that it shows every field of every version, known to this build or not.</remarks>
public static class PlainJson
{
    /// <param name="judge">Sees each text before it is written, in UTF-8, and throws for what the JSON's destination cannot hold; null when it holds everything.</param>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says.</exception>
    public static void Write(Utf8JsonWriter json, RecordSchema schema, ReadOnlySpan<byte> body, TextJudge? judge = null)
    {
        var reader = new AvroReader(body);
        WriteRecord(json, schema, ref reader, judge);
    }

    private static void WriteRecord(Utf8JsonWriter json, RecordSchema schema, ref AvroReader reader, TextJudge? judge)
    {
        reader.Enter();
        json.WriteStartObject();
        foreach (var field in schema.Fields)
        {
            json.WritePropertyName(field.Name);
            WriteValue(json, field.Schema, ref reader, judge);
        }

        json.WriteEndObject();
        reader.Leave();
    }

    private static void WriteValue(Utf8JsonWriter json, AvroSchema schema, ref AvroReader reader, TextJudge? judge)
    {
        switch (schema)
        {
            case UnionSchema union:
                WriteValue(json, union.Branches[reader.ReadUnionIndex(union.Branches.Count)], ref reader, judge);
                break;
            case RecordSchema record:
                WriteRecord(json, record, ref reader, judge);
                break;
            case EnumSchema symbols:
                json.WriteStringValue(symbols.Symbols[reader.ReadEnumIndex(symbols.Symbols.Count)]);
                break;
            case ArraySchema array:
                WriteArray(json, array, ref reader, judge);
                break;
            case MapSchema map:
                WriteMap(json, map, ref reader, judge);
                break;
            default:
                if (schema.LogicalType is null || !TryWriteLogical(json, schema, schema.LogicalType, ref reader))
                    WritePrimitive(json, schema, ref reader, judge);
                break;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, ArraySchema array, ref AvroReader reader, TextJudge? judge)
    {
        json.WriteStartArray();
        for (var count = reader.ReadBlockCount(0); count > 0; count = reader.ReadBlockCount(0))
        {
            for (var i = 0; i < count; i++)
                WriteValue(json, array.Items, ref reader, judge);
        }

        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, MapSchema map, ref AvroReader reader, TextJudge? judge)
    {
        json.WriteStartObject();
        for (var count = reader.ReadBlockCount(1); count > 0; count = reader.ReadBlockCount(1))
        {
            for (var i = 0; i < count; i++)
            {
                json.WritePropertyName(Judged(reader.ReadBytes(), judge));
                WriteValue(json, map.Values, ref reader, judge);
            }
        }

        json.WriteEndObject();
    }

    private static void WritePrimitive(Utf8JsonWriter json, AvroSchema schema, ref AvroReader reader, TextJudge? judge)
    {
        switch (schema.Type)
        {
            case AvroType.Null: json.WriteNullValue(); break;
            case AvroType.Boolean: json.WriteBooleanValue(reader.ReadBoolean()); break;
            case AvroType.Int: json.WriteNumberValue(reader.ReadInt()); break;
            case AvroType.Long: json.WriteNumberValue(reader.ReadLong()); break;
            case AvroType.Float: WriteNumber(json, reader.ReadFloat()); break;
            case AvroType.Double: WriteNumber(json, reader.ReadDouble()); break;
            case AvroType.Bytes: json.WriteBase64StringValue(reader.ReadBytes()); break;
            case AvroType.String: json.WriteStringValue(Judged(reader.ReadBytes(), judge)); break;
            case AvroType.Fixed: json.WriteBase64StringValue(reader.ReadFixed(((FixedSchema)schema).Size)); break;
            default: throw new System.Diagnostics.UnreachableException($"No JSON for {schema.Type}; add it above.");
        }
    }

    private static bool TryWriteLogical(Utf8JsonWriter json, AvroSchema schema, LogicalType logical, ref AvroReader reader)
    {
        var size = (schema as FixedSchema)?.Size;
        switch (logical.Kind)
        {
            case LogicalTypeKind.TimestampMillis: json.WriteStringValue(reader.ReadTimestampMillis().UtcDateTime); return true;
            case LogicalTypeKind.TimestampMicros: json.WriteStringValue(reader.ReadTimestampMicros().UtcDateTime); return true;
            case LogicalTypeKind.Date: WriteText(json, reader.ReadDate().ToString("O", CultureInfo.InvariantCulture)); return true;
            case LogicalTypeKind.TimeMillis: WriteText(json, reader.ReadTimeMillis().ToString("O", CultureInfo.InvariantCulture)); return true;
            case LogicalTypeKind.TimeMicros: WriteText(json, reader.ReadTimeMicros().ToString("O", CultureInfo.InvariantCulture)); return true;
            case LogicalTypeKind.Uuid: json.WriteStringValue(size is null ? reader.ReadUuidString() : reader.ReadUuidFixed()); return true;
            case LogicalTypeKind.Decimal:
                WriteText(json, (size is { } fixedSize ? reader.ReadLargeFixedDecimal(logical.Scale, fixedSize) : reader.ReadLargeDecimal(logical.Scale)).ToString());
                return true;
            default: return false;   // The rest stays the number or the bytes it is.
        }
    }

    private static void WriteText(Utf8JsonWriter json, string text) => json.WriteStringValue(text);

    // JSON has no word for these; as text they are at least not lost.
    internal static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private static ReadOnlySpan<byte> Judged(ReadOnlySpan<byte> utf8, TextJudge? judge)
    {
        judge?.Invoke(utf8);
        return utf8;
    }
}

/// <summary>Throws for a text that must not be written.</summary>
public delegate void TextJudge(ReadOnlySpan<byte> utf8);
