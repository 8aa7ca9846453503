using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Generic;

/// <summary>Reads values of any schema; <see cref="GenericRecord"/> says which types they have.</summary>
internal static class GenericReader
{
    public static object? Read(AvroSchema schema, ref AvroReader reader) => schema switch
    {
        _ when schema.LogicalType is { } logical => ReadLogical(logical, schema, ref reader),
        RecordSchema record => ReadRecord(record, ref reader),
        EnumSchema symbols => symbols.Symbols[reader.ReadEnumIndex(symbols.Symbols.Count)],
        FixedSchema bytes => reader.ReadFixed(bytes.Size).ToArray(),
        ArraySchema array => reader.ReadArray(array.ItemBytesMin, (ref item) => Read(array.Items, ref item)),
        MapSchema map => reader.ReadMap(map.ValueBytesMin, (ref value) => Read(map.Values, ref value)),
        UnionSchema union => ReadUnion(union, ref reader),
        _ => ReadPrimitive(schema.Type, ref reader),
    };

    private static GenericRecord ReadRecord(RecordSchema record, ref AvroReader reader)
    {
        reader.Enter();
        var values = new object?[record.Fields.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Read(record.Fields[i].Schema, ref reader);
        reader.Leave();
        return new GenericRecord(record, values);
    }

    private static GenericUnion ReadUnion(UnionSchema union, ref AvroReader reader)
    {
        var index = reader.ReadUnionIndex(union.Branches.Count);
        return new GenericUnion(index, Read(union.Branches[index], ref reader));
    }

    private static object ReadLogical(LogicalType logical, AvroSchema schema, ref AvroReader reader) => (logical.Kind, schema) switch
    {
        (LogicalTypeKind.Decimal, FixedSchema bytes) => reader.ReadLargeFixedDecimal(logical.Scale, bytes.Size),
        (LogicalTypeKind.Decimal, _) => reader.ReadLargeDecimal(logical.Scale),
        (LogicalTypeKind.Uuid, FixedSchema) => reader.ReadUuidFixed(),
        (LogicalTypeKind.Uuid, _) => reader.ReadUuidString(),
        (LogicalTypeKind.Duration, _) => reader.ReadDuration(),
        _ => ReadPrimitive(schema.Type, ref reader)!,
    };

    private static object? ReadPrimitive(AvroType type, ref AvroReader reader) => type switch
    {
        AvroType.Null => null,
        AvroType.Boolean => reader.ReadBoolean(),
        AvroType.Int => reader.ReadInt(),
        AvroType.Long => reader.ReadLong(),
        AvroType.Float => reader.ReadFloat(),
        AvroType.Double => reader.ReadDouble(),
        AvroType.Bytes => reader.ReadBytes().ToArray(),
        AvroType.String => reader.ReadString(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No primitive type."),
    };
}
