using Streaming.Avro.Generic;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Generic;

/// <summary>Schemas of any shape, and values that fit them.</summary>
/// <param name="names">What the names of types begin with.</param>
internal sealed class RandomSchema(Random random, string names = "N")
{
    private const int DepthMax = 4;
    private static readonly string[] _primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
    private static readonly string[] _logical =
    [
        """{"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 4}""", """{"type": "string", "logicalType": "uuid"}""",
        """{"type": "long", "logicalType": "timestamp-micros"}""", """{"type": "int", "logicalType": "date"}""",
    ];

    private readonly List<string> _names = [];

    public AvroSchema Schema() => AvroSchema.Parse(Json(0));

    public object? Value(AvroSchema schema, int depth = 0) => schema switch
    {
        { LogicalType.Kind: LogicalTypeKind.Decimal } => new AvroDecimal(random.NextInt64() * (random.Next(2) * 2 - 1), schema.LogicalType.Scale),
        { LogicalType.Kind: LogicalTypeKind.Uuid } => new Guid([.. Bytes(16)]),
        RecordSchema record => new GenericRecord(record, [.. record.Fields.Select(field => Value(field.Schema, depth + 1))]),
        EnumSchema symbols => symbols.Symbols[random.Next(symbols.Symbols.Count)],
        FixedSchema bytes => Bytes(bytes.Size),
        ArraySchema array => Enumerable.Range(0, Count(depth)).Select(_ => Value(array.Items, depth + 1)).ToList(),
        MapSchema map => new OrderedDictionary<string, object?>(Enumerable.Range(0, Count(depth)).Select(i => KeyValuePair.Create($"{i}{Text()}", Value(map.Values, depth + 1)))),
        UnionSchema union => Branch(union, depth),
        _ => Primitive(schema.Type),
    };

    private string Json(int depth) => (depth < DepthMax ? random.Next(10) : random.Next(5)) switch
    {
        <= 3 => $"\"{_primitives[random.Next(_primitives.Length)]}\"",
        4 => _logical[random.Next(_logical.Length)],
        5 => $$"""{"type": "array", "items": {{Json(depth + 1)}}}""",
        6 => $$"""{"type": "map", "values": {{Json(depth + 1)}}}""",
        7 => $$"""{"type": "enum", "name": "{{Name()}}", "symbols": ["A", "B", "C"]}""",
        8 => $$"""["null", {"type": "fixed", "name": "{{Name()}}", "size": {{random.Next(1, 20)}}}, "string", "long"]""",
        _ => Record(depth),
    };

    private string Record(int depth)
    {
        var name = Name();
        var fields = Enumerable.Range(0, random.Next(1, 6)).Select(i => $$"""{"name": "f{{i}}", "type": {{Json(depth + 1)}}}""").ToList();
        fields.Add($$"""{"name": "self", "type": ["null", "{{name}}"]}""");
        return $$"""{"type": "record", "name": "{{name}}", "fields": [{{string.Join(", ", fields)}}]}""";
    }

    private string Name()
    {
        _names.Add($"{names}{_names.Count}");
        return _names[^1];
    }

    // Deep down the null branch ends what would otherwise go on.
    private GenericUnion Branch(UnionSchema union, int depth)
    {
        var index = depth > 8 ? union.NullIndex : random.Next(union.Branches.Count);
        return new GenericUnion(index, Value(union.Branches[index], depth + 1));
    }

    private object? Primitive(AvroType type) => type switch
    {
        AvroType.Null => null,
        AvroType.Boolean => random.Next(2) == 1,
        AvroType.Int => random.Next() >> random.Next(31) ^ -random.Next(2),
        AvroType.Long => random.NextInt64() >> random.Next(63) ^ -(long)random.Next(2),
        AvroType.Float => BitConverter.Int32BitsToSingle(random.Next() ^ random.Next(2) << 31),
        AvroType.Double => BitConverter.Int64BitsToDouble(random.NextInt64()),
        AvroType.Bytes => Bytes(random.Next(100)),
        _ => Text(),
    };

    private int Count(int depth) => depth > 8 ? 0 : random.Next(5);

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Text() => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(5) switch
    {
        0 => "ü",
        1 => "漢",
        2 => "😀",
        _ => ((char)random.Next(' ', 127)).ToString(),
    }));
}
