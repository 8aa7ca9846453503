using System.Collections.Concurrent;
using Streaming.Avro;
using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Records;

/// <summary>Confluent wire format with the schemas of a registry, which is asked once per schema.</summary>
internal sealed class RecordFormat(ISchemaRegistry registry, IEnumerable<AvroRecordType> types) : IRecordFormat
{
    private readonly Dictionary<string, AvroRecordType> _types = types.ToDictionary(type => type.FullName);
    private readonly ConcurrentDictionary<Type, int> _ids = new();
    private readonly ConcurrentDictionary<int, Reading> _readings = new();

    public byte[] Encode(IAvroRecord record)
    {
        if (!_ids.TryGetValue(record.GetType(), out var id))
            _ids[record.GetType()] = id = registry.Register(record.AvroSchema.FullName, record.AvroSchema.ToString());
        var frame = AvroEncoding.EncodeToArray(record, WireFormat.PrefixBytes);
        WireFormat.WritePrefix(frame, id);
        return frame;
    }

    public IAvroRecord Decode(ReadOnlyMemory<byte> frame)
    {
        if (!WireFormat.TryRead(frame.Span, out var id, out var body, out var why))
            throw new UndecodableRecordException($"it is not in Confluent wire format: {why}");
        var reading = _readings.TryGetValue(id, out var known) ? known : _readings[id] = Look(id);
        try
        {
            return reading.Plan.Decode(reading.Type, body);
        }
        catch (Exception cause) when (cause is MalformedAvroException or UnresolvableSchemaException)
        {
            throw new UndecodableRecordException($"it is not what {reading.Type.FullName} (schema id {id}) says: {cause.Message}", cause);
        }
    }

    private Reading Look(int id)
    {
        try
        {
            var writer = AvroSchema.Parse(registry.GetSchema(id));
            return writer is RecordSchema { FullName: var name } && _types.TryGetValue(name, out var type)
                ? new(type, ResolutionPlan.Create(writer, type.Schema))
                : throw new UndecodableRecordException($"schema id {id} is {(writer as RecordSchema)?.FullName ?? "no record"}, which nothing here reads");
        }
        catch (SchemaNotRegisteredException cause)
        {
            throw new UndecodableRecordException($"schema id {id} is not known to {registry.Address}: register the producer's schema there", cause);
        }
        catch (Exception cause) when (cause is InvalidSchemaException or UnresolvableSchemaException)
        {
            throw new UndecodableRecordException($"schema id {id} of {registry.Address} cannot be read as ours: {cause.Message}", cause);
        }
    }

    /// <summary>How what was written with one schema becomes a record of ours.</summary>
    private sealed record Reading(AvroRecordType Type, ResolutionPlan Plan);
}
