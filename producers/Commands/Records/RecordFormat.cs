using System.Collections.Concurrent;
using Streaming.Avro;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Records;

/// <summary>Confluent wire format with the schemas of a registry, which is asked once per schema.</summary>
internal sealed class RecordFormat(ISchemaRegistry registry, IEnumerable<AvroRecordType> types) : IRecordFormat
{
    private readonly Dictionary<string, AvroRecordType> _types = types.ToDictionary(type => type.FullName);
    private readonly ConcurrentDictionary<Type, int> _ids = new();
    private readonly ConcurrentDictionary<int, AvroRecordType> _writers = new();

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
        var type = TypeOf(id);
        try
        {
            return AvroEncoding.Decode(type, body);
        }
        catch (MalformedAvroException cause)
        {
            throw new UndecodableRecordException($"it is not what {type.FullName} (schema id {id}) says: {cause.Message}", cause);
        }
    }

    private AvroRecordType TypeOf(int id) => _writers.TryGetValue(id, out var known) ? known : _writers[id] = Look(id);

    private AvroRecordType Look(int id)
    {
        try
        {
            var writer = AvroSchema.Parse(registry.GetSchema(id));
            return writer is RecordSchema { FullName: var name } && _types.TryGetValue(name, out var type)
                ? type
                : throw new UndecodableRecordException($"schema id {id} is {(writer as RecordSchema)?.FullName ?? "no record"}, which nothing here reads");
        }
        catch (SchemaNotRegisteredException cause)
        {
            throw new UndecodableRecordException($"schema id {id} is not known to {registry.Address}: register the producer's schema there", cause);
        }
        catch (InvalidSchemaException cause)
        {
            throw new UndecodableRecordException($"schema id {id} of {registry.Address} is no Avro schema: {cause.Message}", cause);
        }
    }
}
