using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Avro;

/// <summary>A record that knows its schema and encodes itself. The source generator implements it from an <c>.avsc</c> file.</summary>
public interface IAvroRecord
{
    /// <summary>The schema that <see cref="Encode"/> writes by.</summary>
    RecordSchema AvroSchema { get; }

    /// <summary>Writes the fields in the order of the schema.</summary>
    void Encode(ref AvroWriter writer);
}

/// <summary>A record that is also decoded as its own type.</summary>
/// <typeparam name="TSelf">The record.</typeparam>
public interface IAvroRecord<TSelf> : IAvroRecord
    where TSelf : IAvroRecord<TSelf>
{
    /// <summary>Name, schema and decoder, for who doesn't know the type at compile time.</summary>
    static abstract AvroRecordType RecordType { get; }

    /// <summary>Reads the fields in the order of the schema. Bytes of another version are read by a <see cref="ResolutionPlan"/>.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says.</exception>
    static abstract TSelf Decode(ref AvroReader reader);

    /// <summary>Reads the fields of another version, in its order.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what that version's schema says.</exception>
    static abstract TSelf Decode(ref AvroReader reader, FieldOrder order);
}
