namespace Streaming.Avro.Schema;

/// <summary>Exactly <see cref="Size"/> bytes.</summary>
public sealed class FixedSchema : NamedSchema
{
    internal FixedSchema(NamedParts parts, int size, LogicalType? logicalType)
        : base(AvroType.Fixed, parts, logicalType) => Size = size;

    /// <summary>In bytes; may be 0.</summary>
    public int Size { get; }
}
