namespace Streaming.Avro.Schema;

/// <summary>A record: named fields in a fixed order. Errors of Avro protocols are records too.</summary>
public sealed class RecordSchema : NamedSchema
{
    private readonly Dictionary<string, RecordField> _byName = [];

    internal RecordSchema(NamedParts parts, bool isError)
        : base(AvroType.Record, parts) => IsError = isError;

    /// <summary>True when the schema says <c>error</c> instead of <c>record</c>.</summary>
    public bool IsError { get; }

    /// <summary>In the order in which they are encoded.</summary>
    public IReadOnlyList<RecordField> Fields { get; private set; } = [];

    /// <summary>The field of that name; null when there is none. Aliases don't count.</summary>
    public RecordField? Find(string name) => _byName.TryGetValue(name, out var field) ? field : null;

    /// <summary>Fields come after the record itself, because they may refer to it.</summary>
    internal void Complete(IReadOnlyList<RecordField> fields)
    {
        Fields = fields;
        foreach (var field in fields)
            _byName.Add(field.Name, field);
    }
}

/// <summary>A field of a record.</summary>
public sealed class RecordField
{
    internal RecordField(string name, int position, AvroSchema schema)
    {
        Name = name;
        Position = position;
        Schema = schema;
    }

    public string Name { get; }

    /// <summary>Index within the record, from 0.</summary>
    public int Position { get; }

    public AvroSchema Schema { get; }

    /// <summary>What a reader takes when the data don't have the field; null when it has no default. A default of null is <see cref="JsonNull"/>.</summary>
    public JsonValue? Default { get; internal set; }

    /// <summary>What the schema's author says about it; null when nothing.</summary>
    public string? Doc { get; internal set; }

    /// <summary>Other names under which data may hold this field.</summary>
    public IReadOnlyList<string> Aliases { get; internal set; } = [];

    /// <summary>How the field counts when records are sorted; <c>ascending</c> unless the schema says otherwise.</summary>
    public string Order { get; internal set; } = "ascending";

    /// <summary>Everything else in the field's object, such as <c>csharpType</c>.</summary>
    public IReadOnlyDictionary<string, JsonValue> Attributes { get; internal set; } = new Dictionary<string, JsonValue>();

    /// <summary>The attribute's text; null when it is absent or no string.</summary>
    public string? TextAttribute(string name) => Attributes.TryGetValue(name, out var value) && value is JsonString text ? text.Value : null;
}
