using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Generic;

/// <summary>Writes values of any schema; <see cref="GenericRecord"/> says which types they must have.</summary>
internal static class GenericWriter
{
    public static void Write(AvroSchema schema, object? value, ref AvroWriter writer)
    {
        switch (schema, value)
        {
            case (_, AvroDecimal or Guid or AvroDuration):
                WriteLogical(schema, value, ref writer);
                break;
            case (RecordSchema record, GenericRecord fields):
                WriteRecord(record, fields, ref writer);
                break;
            case (EnumSchema symbols, string symbol):
                writer.WriteEnumIndex(symbols.IndexOf(symbol), symbols.Symbols.Count);
                break;
            case (FixedSchema, byte[] bytes):
                writer.WriteFixed(bytes, ((FixedSchema)schema).Size);
                break;
            case (ArraySchema array, IReadOnlyList<object?> items):
                writer.WriteBlockCount(items.Count);
                foreach (var item in items)
                    Write(array.Items, item, ref writer);
                writer.WriteBlockEnd();
                break;
            case (MapSchema map, IReadOnlyDictionary<string, object?> entries):
                writer.WriteBlockCount(entries.Count);
                foreach (var (key, entry) in entries)
                {
                    writer.WriteString(key);
                    Write(map.Values, entry, ref writer);
                }
                writer.WriteBlockEnd();
                break;
            case (UnionSchema union, GenericUnion chosen):
                writer.WriteUnionIndex(chosen.Index);
                Write(union.Branches[chosen.Index], chosen.Value, ref writer);
                break;
            default:
                WritePrimitive(schema, value, ref writer);
                break;
        }
    }

    private static void WriteRecord(RecordSchema record, GenericRecord fields, ref AvroWriter writer)
    {
        writer.Enter();
        for (var i = 0; i < record.Fields.Count; i++)
            Write(record.Fields[i].Schema, fields.Values[i], ref writer);
        writer.Leave();
    }

    private static void WriteLogical(AvroSchema schema, object value, ref AvroWriter writer)
    {
        switch (schema.LogicalType?.Kind, value)
        {
            case (LogicalTypeKind.Decimal, AvroDecimal number) when schema is FixedSchema bytes:
                writer.WriteFixedDecimal(number, schema.LogicalType!.Precision, schema.LogicalType.Scale, bytes.Size);
                break;
            case (LogicalTypeKind.Decimal, AvroDecimal number):
                writer.WriteDecimal(number, schema.LogicalType!.Precision, schema.LogicalType.Scale);
                break;
            case (LogicalTypeKind.Uuid, Guid uuid) when schema is FixedSchema:
                writer.WriteUuidFixed(uuid);
                break;
            case (LogicalTypeKind.Uuid, Guid uuid):
                writer.WriteUuidString(uuid);
                break;
            case (LogicalTypeKind.Duration, AvroDuration duration):
                writer.WriteDuration(duration);
                break;
            default:
                throw Unfit(schema, value);
        }
    }

    private static void WritePrimitive(AvroSchema schema, object? value, ref AvroWriter writer)
    {
        switch (schema.Type, value)
        {
            case (AvroType.Null, null):
                break;
            case (AvroType.Boolean, bool truth):
                writer.WriteBoolean(truth);
                break;
            case (AvroType.Int, int number):
                writer.WriteInt(number);
                break;
            case (AvroType.Long, long number):
                writer.WriteLong(number);
                break;
            case (AvroType.Float, float number):
                writer.WriteFloat(number);
                break;
            case (AvroType.Double, double number):
                writer.WriteDouble(number);
                break;
            case (AvroType.Bytes, byte[] bytes):
                writer.WriteBytes(bytes);
                break;
            case (AvroType.String, string text):
                writer.WriteString(text);
                break;
            default:
                throw Unfit(schema, value);
        }
    }

    private static ArgumentException Unfit(AvroSchema schema, object? value) =>
        new($"A value of type {value?.GetType().Name ?? "null"} is no {schema.TypeName}{(schema.LogicalType is { } logical ? $" ({logical.Kind})" : "")}.", nameof(value));
}
