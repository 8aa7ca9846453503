namespace Streaming.Avro.Schema;

/// <summary>A schema with a name: record, enum or fixed.</summary>
public abstract class NamedSchema : AvroSchema
{
    private protected NamedSchema(AvroType type, NamedParts parts, LogicalType? logicalType = null)
        : base(type, parts.Attributes, logicalType)
    {
        FullName = parts.FullName;
        Doc = parts.Doc;
        Aliases = parts.Aliases;
    }

    /// <summary>Namespace and name, such as <c>streaming.inventory.StockSold</c>.</summary>
    public string FullName { get; }

    /// <summary>The last part of the full name.</summary>
    public string Name => SchemaNames.NameOf(FullName);

    /// <summary>What comes before the name in the full name; empty for the null namespace.</summary>
    public string Namespace => SchemaNames.NamespaceOf(FullName);

    /// <summary>What the schema's author says about it; null when nothing.</summary>
    public string? Doc { get; }

    /// <summary>Other full names under which data of this type may have been written.</summary>
    public IReadOnlyList<string> Aliases { get; }

    public override string TypeName => FullName;
}

/// <summary>What all named types read alike from their JSON object.</summary>
internal sealed record NamedParts(string FullName, string? Doc, IReadOnlyList<string> Aliases, IReadOnlyDictionary<string, JsonValue> Attributes);
