namespace Streaming.Avro.Schema;

/// <summary>An Avro schema (specification 1.12), immutable once parsed. A schema may refer to itself.</summary>
public abstract class AvroSchema
{
    private string? _canonicalForm;

    private protected AvroSchema(AvroType type, IReadOnlyDictionary<string, JsonValue> attributes, LogicalType? logicalType = null)
    {
        Type = type;
        Attributes = attributes;
        LogicalType = logicalType;
    }

    public AvroType Type { get; }

    /// <summary>What the value means beyond its type; null when nothing is said, or when what is said doesn't fit the type.</summary>
    public LogicalType? LogicalType { get; }

    /// <summary>Everything in the schema's object that the type itself does not define, such as <c>logicalType</c>, <c>precision</c> or <c>csharpBase</c>.</summary>
    public IReadOnlyDictionary<string, JsonValue> Attributes { get; }

    /// <summary>How errors and unions name it: the full name of a named type, otherwise the type's name, such as <c>array</c>.</summary>
    public virtual string TypeName => Type.Name();

    /// <summary>The Parsing Canonical Form: equal for two schemas exactly when their data have the same layout and names.</summary>
    public string CanonicalForm => _canonicalForm ??= Schema.CanonicalForm.Of(this);

    /// <summary>CRC-64-AVRO over the canonical form, as the single-object encoding uses it.</summary>
    public ulong Fingerprint => Crc64Avro.Of(CanonicalForm);

    /// <summary>Reads a schema from its JSON text.</summary>
    /// <exception cref="InvalidSchemaException">The text breaks a rule of the specification.</exception>
    public static AvroSchema Parse(string json) => new SchemaParser().Parse(json);

    /// <summary>The schema as JSON with everything it carries: documentation, aliases, defaults, attributes. Parses to an equal schema.</summary>
    public override string ToString() => SchemaText.Of(this);

    /// <summary>The attribute's text; null when it is absent or no string.</summary>
    public string? TextAttribute(string name) => Attributes.TryGetValue(name, out var value) && value is JsonString text ? text.Value : null;
}
