using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro;

/// <summary>A generated record as a value: its name, its schema, its decoder. Tables from names to records are built of these, without reflection.</summary>
public abstract class AvroRecordType
{
    private readonly Lazy<RecordSchema> _schema;

    private protected AvroRecordType(Type clrType, string fullName, string schemaJson)
    {
        ClrType = clrType;
        FullName = fullName;
        _schema = new(() => (RecordSchema)AvroSchema.Parse(schemaJson));
    }

    /// <summary>The record's full name in Avro, such as <c>streaming.inventory.StockSold</c>.</summary>
    public string FullName { get; }

    /// <summary>The record's type in .NET.</summary>
    public Type ClrType { get; }

    /// <summary>As the <c>.avsc</c> file has it, with the types that it refers to; parsed when it is first asked for.</summary>
    public RecordSchema Schema => _schema.Value;

    /// <summary>Reads one record.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says.</exception>
    public abstract IAvroRecord Decode(ref AvroReader reader);
}

/// <summary>What generated code makes of <typeparamref name="T"/>.</summary>
public sealed class AvroRecordType<T>(string fullName, string schemaJson) : AvroRecordType(typeof(T), fullName, schemaJson)
    where T : IAvroRecord<T>
{
    public override IAvroRecord Decode(ref AvroReader reader) => T.Decode(ref reader);
}
