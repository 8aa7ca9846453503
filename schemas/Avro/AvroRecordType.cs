using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Avro;

/// <summary>A generated record as a value: its name, its schema, its decoder. Tables from names to records are built of these, without reflection.</summary>
public abstract class AvroRecordType
{
    private readonly Lazy<RecordSchema> _schema;
    private readonly Lazy<IReadOnlyList<RecordSchema>> _versions;

    private protected AvroRecordType(Type clrType, string fullName, string schemaJson, string[] earlierSchemaJsons)
    {
        ClrType = clrType;
        FullName = fullName;
        _schema = new(() => (RecordSchema)AvroSchema.Parse(schemaJson));
        _versions = new(() => [.. earlierSchemaJsons.Select(json => (RecordSchema)AvroSchema.Parse(json)), Schema]);
    }

    /// <summary>The record's full name in Avro, such as <c>streaming.inventory.StockSold</c>.</summary>
    public string FullName { get; }

    /// <summary>The record's type in .NET.</summary>
    public Type ClrType { get; }

    /// <summary>As the <c>.avsc</c> file has it, with the types that it refers to; parsed when it is first asked for.</summary>
    public RecordSchema Schema => _schema.Value;

    /// <summary>Every version that was published under this name, oldest first; the last is <see cref="Schema"/>.</summary>
    public IReadOnlyList<RecordSchema> Versions => _versions.Value;

    /// <summary>Reads one record.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says.</exception>
    public abstract IAvroRecord Decode(ref AvroReader reader);

    /// <summary>Reads one record of another version.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what that version's schema says.</exception>
    public abstract IAvroRecord Decode(ref AvroReader reader, FieldOrder order);
}

/// <summary>What generated code makes of <typeparamref name="T"/>.</summary>
/// <param name="earlierSchemaJsons">The versions before, oldest first.</param>
public sealed class AvroRecordType<T>(string fullName, string schemaJson, params string[] earlierSchemaJsons)
    : AvroRecordType(typeof(T), fullName, schemaJson, earlierSchemaJsons)
    where T : IAvroRecord<T>
{
    public override IAvroRecord Decode(ref AvroReader reader) => T.Decode(ref reader);

    public override IAvroRecord Decode(ref AvroReader reader, FieldOrder order) => T.Decode(ref reader, order);
}
