namespace Streaming.Avro.Schema;

/// <summary>Any number of values of one schema.</summary>
public sealed class ArraySchema : AvroSchema
{
    internal ArraySchema(AvroSchema items, IReadOnlyDictionary<string, JsonValue> attributes)
        : base(AvroType.Array, attributes) => Items = items;

    public AvroSchema Items { get; }
}

/// <summary>Any number of values of one schema, each under a string.</summary>
public sealed class MapSchema : AvroSchema
{
    internal MapSchema(AvroSchema values, IReadOnlyDictionary<string, JsonValue> attributes)
        : base(AvroType.Map, attributes) => Values = values;

    public AvroSchema Values { get; }
}
