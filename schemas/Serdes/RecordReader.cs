using Streaming.Avro;
using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Serdes;

/// <summary>Reads the bodies written with one schema id as the newest version of their record.</summary>
public sealed class RecordReader
{
    private readonly ResolutionPlan _plan;

    internal RecordReader(int schemaId, RecordSchema writer, AvroRecordType record)
    {
        (SchemaId, Writer, Record) = (schemaId, writer, record);
        try
        {
            _plan = ResolutionPlan.Create(writer, record.Schema);
        }
        catch (UnresolvableSchemaException cause)
        {
            throw new UnresolvableRecordException(
                $"{writer.FullName} as schema id {schemaId} has it cannot be read as this process knows it: {cause.Message}", schemaId, cause);
        }
    }

    public int SchemaId { get; }

    /// <summary>The schema that the bytes were written with.</summary>
    public RecordSchema Writer { get; }

    /// <summary>The record that they become.</summary>
    public AvroRecordType Record { get; }

    /// <summary>The record in a body, all of whose bytes it must take.</summary>
    /// <exception cref="MalformedRecordException">The bytes are not what the writer's schema says.</exception>
    /// <exception cref="UnresolvableRecordException">A value has no counterpart in the newest version, such as an enum symbol that it dropped.</exception>
    public IAvroRecord Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return _plan.Decode(Record, body);
        }
        catch (MalformedAvroException cause)
        {
            throw new MalformedRecordException($"the value is not what {Writer.FullName} (schema id {SchemaId}) says: {cause.Message}", cause);
        }
        catch (UnresolvableSchemaException cause)
        {
            throw new UnresolvableRecordException(
                $"the value of {Writer.FullName} (schema id {SchemaId}) has no counterpart in the version this process knows: {cause.Message}", SchemaId, cause);
        }
    }
}
