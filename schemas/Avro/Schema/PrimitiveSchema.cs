namespace Streaming.Avro.Schema;

/// <summary>A schema without parts: null, boolean, int, long, float, double, bytes or string.</summary>
public sealed class PrimitiveSchema : AvroSchema
{
    private static readonly Dictionary<string, JsonValue> _noAttributes = [];
    private static readonly PrimitiveSchema[] _plain =
        [.. Enumerable.Range(0, (int)AvroType.String + 1).Select(type => new PrimitiveSchema((AvroType)type, _noAttributes, logicalType: null))];

    internal PrimitiveSchema(AvroType type, IReadOnlyDictionary<string, JsonValue> attributes, LogicalType? logicalType)
        : base(type, attributes, logicalType)
    {
    }

    /// <summary>The schema of that type without logical type and attributes.</summary>
    public static PrimitiveSchema Of(AvroType type) => _plain[(int)type];

    /// <summary>The plain schema of that name; null when it names no primitive type.</summary>
    public static PrimitiveSchema? Find(string name) => Array.Find(_plain, schema => schema.TypeName == name);
}
