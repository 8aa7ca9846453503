using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>Passes over a value. Lengths and indexes are checked as when reading, text is not looked at.</summary>
internal static class Skip
{
    public static void Value(AvroSchema schema, ref AvroReader reader)
    {
        switch (schema)
        {
            case RecordSchema record:
                reader.Enter();
                foreach (var field in record.Fields)
                    Value(field.Schema, ref reader);
                reader.Leave();
                break;
            case EnumSchema symbols:
                reader.ReadEnumIndex(symbols.Symbols.Count);
                break;
            case FixedSchema bytes:
                reader.ReadFixed(bytes.Size);
                break;
            case UnionSchema union:
                Value(union.Branches[reader.ReadUnionIndex(union.Branches.Count)], ref reader);
                break;
            case ArraySchema array:
                while (reader.ReadBlockCount(array.ItemBytesMin) is > 0 and var count)
                {
                    for (; count > 0; count--)
                        Value(array.Items, ref reader);
                }
                break;
            case MapSchema map:
                while (reader.ReadBlockCount(map.ValueBytesMin + 1) is > 0 and var count)
                {
                    for (; count > 0; count--)
                    {
                        reader.ReadBytes();
                        Value(map.Values, ref reader);
                    }
                }
                break;
            default:
                Primitive(schema.Type, ref reader);
                break;
        }
    }

    private static void Primitive(AvroType type, ref AvroReader reader)
    {
        switch (type)
        {
            case AvroType.Null:
                break;
            case AvroType.Boolean:
                reader.ReadBoolean();
                break;
            case AvroType.Int:
                reader.ReadInt();
                break;
            case AvroType.Long:
                reader.ReadLong();
                break;
            case AvroType.Float:
                reader.ReadFixed(sizeof(float));
                break;
            case AvroType.Double:
                reader.ReadFixed(sizeof(double));
                break;
            default:
                reader.ReadBytes();
                break;
        }
    }
}
