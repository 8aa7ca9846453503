using Streaming.Avro;
using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Contracts.Upcasting;

namespace Streaming.Serdes;

/// <summary>Reads the bodies written with one schema id as the newest version of their record.</summary>
public sealed class RecordReader
{
    private readonly ResolutionPlan _plan;

    /// <summary>Null where the record is the newest of its line, so that reading it takes no further step.</summary>
    private readonly UpcasterChains? _upcasters;

    internal RecordReader(int schemaId, RecordSchema writer, AvroRecordType record, UpcasterChains upcasters)
    {
        (SchemaId, Writer, Record) = (schemaId, writer, record);
        _upcasters = upcasters.Continue(record) ? upcasters : null;
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

    /// <summary>The record of the writer's name, in its newest version. Where an upcaster starts from it, what is read is what that leads to.</summary>
    public AvroRecordType Record { get; }

    /// <summary>The record in a body, all of whose bytes it must take.</summary>
    /// <exception cref="MalformedRecordException">The bytes are not what the writer's schema says.</exception>
    /// <exception cref="UnresolvableRecordException">A value has no counterpart in the newest version, such as an enum symbol that it dropped.</exception>
    public IAvroRecord Read(ReadOnlySpan<byte> body)
    {
        var record = Decode(body);
        return _upcasters is null ? record : Upcast(record, _upcasters);
    }

    private IAvroRecord Decode(ReadOnlySpan<byte> body)
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

    private IAvroRecord Upcast(IAvroRecord record, UpcasterChains upcasters)
    {
        try
        {
            return upcasters.Upcast(record);
        }
        // Whatever an upcaster does not expect: the bytes are the producer's, and poison like any others that cannot be read.
        catch (Exception cause) when (cause is not InvalidUpcastersException and not OutOfMemoryException)
        {
            throw new UnresolvableRecordException(
                $"the upcaster of {Writer.FullName} (schema id {SchemaId}) does not take this value: {cause.Message}", SchemaId, cause);
        }
    }
}
