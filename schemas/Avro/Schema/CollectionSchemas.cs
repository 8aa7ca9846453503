namespace Streaming.Avro.Schema;

/// <summary>Any number of values of one schema.</summary>
public sealed class ArraySchema : AvroSchema
{
    private readonly Lazy<int> _itemBytesMin;

    internal ArraySchema(AvroSchema items, IReadOnlyDictionary<string, JsonValue> attributes)
        : base(AvroType.Array, attributes)
    {
        Items = items;
        _itemBytesMin = new(() => SchemaShape.BytesMin(items));
    }

    public AvroSchema Items { get; }

    /// <summary>The fewest bytes that an item takes.</summary>
    internal int ItemBytesMin => _itemBytesMin.Value;
}

/// <summary>Any number of values of one schema, each under a string.</summary>
public sealed class MapSchema : AvroSchema
{
    private readonly Lazy<int> _valueBytesMin;

    internal MapSchema(AvroSchema values, IReadOnlyDictionary<string, JsonValue> attributes)
        : base(AvroType.Map, attributes)
    {
        Values = values;
        _valueBytesMin = new(() => SchemaShape.BytesMin(values));
    }

    public AvroSchema Values { get; }

    /// <summary>The fewest bytes that a value takes; its key takes another one at least.</summary>
    internal int ValueBytesMin => _valueBytesMin.Value;
}
