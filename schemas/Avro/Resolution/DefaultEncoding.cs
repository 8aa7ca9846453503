using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>The bytes of a field's default. The parser has checked that the JSON fits the schema.</summary>
internal static class DefaultEncoding
{
    private const int BufferBytesFirst = 256;

    public static byte[] Encode(AvroSchema schema, JsonValue value)
    {
        for (var buffer = new byte[BufferBytesFirst]; ; buffer = new byte[buffer.Length * 4])
        {
            var writer = new AvroWriter(buffer);
            Write(schema, value, ref writer);
            if (!writer.IsOverflown)
                return buffer[..writer.Written];
        }
    }

    private static void Write(AvroSchema schema, JsonValue value, ref AvroWriter writer)
    {
        switch (schema, value)
        {
            case (RecordSchema record, JsonObject members):
                foreach (var field in record.Fields)
                    Write(field.Schema, members.Find(field.Name) ?? field.Default!, ref writer);
                break;
            case (EnumSchema symbols, JsonString symbol):
                writer.WriteEnumIndex(symbols.IndexOf(symbol.Value), symbols.Symbols.Count);
                break;
            case (FixedSchema, JsonString text):
                writer.WriteRaw(Bytes(text));
                break;
            case (ArraySchema array, JsonArray items):
                writer.WriteBlockCount(items.Items.Count);
                foreach (var item in items.Items)
                    Write(array.Items, item, ref writer);
                writer.WriteBlockEnd();
                break;
            case (MapSchema map, JsonObject members):
                writer.WriteBlockCount(members.Members.Count);
                foreach (var (key, entry) in members.Members)
                {
                    writer.WriteString(key);
                    Write(map.Values, entry, ref writer);
                }
                writer.WriteBlockEnd();
                break;
            case (UnionSchema union, _):
                var branch = DefaultRules.BranchOf(union, value);
                writer.WriteUnionIndex(branch);
                Write(union.Branches[branch], value, ref writer);
                break;
            default:
                WritePrimitive(schema.Type, value, ref writer);
                break;
        }
    }

    private static void WritePrimitive(AvroType type, JsonValue value, ref AvroWriter writer)
    {
        switch (type, value)
        {
            case (AvroType.Null, _):
                break;
            case (AvroType.Boolean, JsonBoolean truth):
                writer.WriteBoolean(truth.Value);
                break;
            case (AvroType.Int or AvroType.Long, JsonNumber number) when JsonNumbers.TryReadLong(number, out var integer):
                writer.WriteLong(integer);
                break;
            case (AvroType.Float, JsonNumber number):
                writer.WriteFloat((float)JsonNumbers.ReadDouble(number));
                break;
            case (AvroType.Double, JsonNumber number):
                writer.WriteDouble(JsonNumbers.ReadDouble(number));
                break;
            case (AvroType.Bytes, JsonString text):
                writer.WriteBytes(Bytes(text));
                break;
            case (AvroType.String, JsonString text):
                writer.WriteString(text.Value);
                break;
            default:
                throw new InvalidOperationException($"{value} is no default for {type}; the parser should have refused it.");
        }
    }

    private static byte[] Bytes(JsonString text) => [.. text.Value.Select(character => (byte)character)];
}
