using System.Text;
using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Json;

/// <summary>Writes one value after another as <see cref="AvroJson"/> has it.</summary>
internal static class AvroJsonWriter
{
    public static void Write(Utf8JsonWriter json, AvroSchema schema, ref AvroReader reader)
    {
        switch (schema)
        {
            case UnionSchema union:
                WriteUnion(json, union, ref reader);
                break;
            case RecordSchema record:
                WriteRecord(json, record, ref reader);
                break;
            case EnumSchema symbols:
                json.WriteStringValue(symbols.Symbols[reader.ReadEnumIndex(symbols.Symbols.Count)]);
                break;
            case FixedSchema bytes:
                WriteBytes(json, reader.ReadFixed(bytes.Size));
                break;
            case ArraySchema array:
                WriteArray(json, array, ref reader);
                break;
            case MapSchema map:
                WriteMap(json, map, ref reader);
                break;
            default:
                WritePrimitive(json, schema.Type, ref reader);
                break;
        }
    }

    private static void WriteUnion(Utf8JsonWriter json, UnionSchema union, ref AvroReader reader)
    {
        var branch = union.Branches[reader.ReadUnionIndex(union.Branches.Count)];
        if (branch.Type == AvroType.Null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName(branch.TypeName);
        Write(json, branch, ref reader);
        json.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter json, RecordSchema record, ref AvroReader reader)
    {
        reader.Enter();
        json.WriteStartObject();
        foreach (var field in record.Fields)
        {
            json.WritePropertyName(field.Name);
            Write(json, field.Schema, ref reader);
        }

        json.WriteEndObject();
        reader.Leave();
    }

    private static void WriteArray(Utf8JsonWriter json, ArraySchema array, ref AvroReader reader)
    {
        json.WriteStartArray();
        for (var count = reader.ReadBlockCount(array.ItemBytesMin); count > 0; count = reader.ReadBlockCount(array.ItemBytesMin))
        {
            for (var i = 0; i < count; i++)
                Write(json, array.Items, ref reader);
        }

        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, MapSchema map, ref AvroReader reader)
    {
        json.WriteStartObject();
        for (var count = reader.ReadBlockCount(1 + map.ValueBytesMin); count > 0; count = reader.ReadBlockCount(1 + map.ValueBytesMin))
        {
            for (var i = 0; i < count; i++)
            {
                json.WritePropertyName(reader.ReadString());
                Write(json, map.Values, ref reader);
            }
        }

        json.WriteEndObject();
    }

    private static void WritePrimitive(Utf8JsonWriter json, AvroType type, ref AvroReader reader)
    {
        switch (type)
        {
            case AvroType.Null: json.WriteNullValue(); break;
            case AvroType.Boolean: json.WriteBooleanValue(reader.ReadBoolean()); break;
            case AvroType.Int: json.WriteNumberValue(reader.ReadInt()); break;
            case AvroType.Long: json.WriteNumberValue(reader.ReadLong()); break;
            case AvroType.Float: WriteFloat(json, reader.ReadFloat()); break;
            case AvroType.Double: PlainJson.WriteNumber(json, reader.ReadDouble()); break;
            case AvroType.Bytes: WriteBytes(json, reader.ReadBytes()); break;
            case AvroType.String: json.WriteStringValue(reader.ReadString()); break;
            default: throw new System.Diagnostics.UnreachableException($"No JSON for {type}; add it above.");
        }
    }

    // The specification is silent about what is no number; this is how Java writes it.
    private static void WriteFloat(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);   // As a double it would have more digits than the float.
        else
            PlainJson.WriteNumber(json, value);
    }

    private static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes) => json.WriteStringValue(Encoding.Latin1.GetString(bytes));
}
