using Streaming.Avro;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;

namespace Streaming.ContractRules.Samples;

/// <summary>A value of any schema, always the same one, that shows each field: what a new sample starts from.</summary>
internal static class SampleValue
{
    private const int DepthMax = 8;
    private const long Noon = 1_647_345_600_000;    // 2022-03-15T12:00:00Z, in milliseconds.

    public static byte[] Encode(RecordSchema schema) => GenericEncoding.Encode(schema, Of(schema, "value", 0));

    private static object? Of(AvroSchema schema, string name, int position, int depth = 0) => schema switch
    {
        RecordSchema record => new GenericRecord(record, [.. record.Fields.Select(field => Of(field.Schema, field.Name, field.Position, depth + 1))]),
        UnionSchema union => OfUnion(union, name, position, depth),
        ArraySchema array => depth > DepthMax ? new List<object?>() : new List<object?> { Of(array.Items, name, position, depth + 1) },
        MapSchema map => depth > DepthMax ? [] : new OrderedDictionary<string, object?> { [name] = Of(map.Values, name, position, depth + 1) },
        EnumSchema symbols => symbols.Symbols[^1],
        _ => OfLogical(schema, position) ?? OfPrimitive(schema, name, position),
    };

    // Every branch but null; null where a schema goes on within itself.
    private static GenericUnion OfUnion(UnionSchema union, string name, int position, int depth)
    {
        var index = union.NullIndex >= 0 && depth > DepthMax ? union.NullIndex : union.NullIndex == union.Branches.Count - 1 ? 0 : union.Branches.Count - 1;
        return new GenericUnion(index, Of(union.Branches[index], name, position, depth + 1));
    }

    private static object? OfLogical(AvroSchema schema, int position) => schema.LogicalType switch
    {
        { Kind: LogicalTypeKind.Decimal } logical => new AvroDecimal(1_234_500 + position, logical.Scale),
        { Kind: LogicalTypeKind.Uuid } => new Guid("01a1fdee-2833-7f2f-8d00-0c91e6bf0001"),
        { Kind: LogicalTypeKind.Duration } => default(AvroDuration),
        { Kind: LogicalTypeKind.TimestampMicros or LogicalTypeKind.LocalTimestampMicros } => Noon * 1_000,
        { Kind: LogicalTypeKind.TimestampMillis or LogicalTypeKind.LocalTimestampMillis } => Noon,
        _ => null,
    };

    private static object? OfPrimitive(AvroSchema schema, string name, int position) => schema.Type switch
    {
        AvroType.Null => null,
        AvroType.Boolean => true,
        AvroType.Int => position + 1,
        AvroType.Long => (long)position + 1,
        AvroType.Float => position + 0.5f,
        AvroType.Double => position + 0.5,
        AvroType.Bytes => new byte[] { (byte)position, 0xff },
        AvroType.Fixed => new byte[((FixedSchema)schema).Size],
        AvroType.String => name,
        _ => throw new System.Diagnostics.UnreachableException($"No sample of {schema.Type}; add it above."),
    };
}
