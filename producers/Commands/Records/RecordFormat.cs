using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Records;

/// <summary>Confluent wire format with the schemas of a registry, which is asked once per schema.</summary>
internal sealed class RecordFormat(ISchemaRegistry registry, IEnumerable<AvroRecordType> types) : IRecordFormat
{
    // The subject is the record's name, whatever the topic.
    private static readonly SerializationContext Value = new(MessageComponentType.Value, topic: "");

    private readonly AvroSerializer<IAvroRecord> _serializer = new(registry);
    private readonly RecordReaders _readers = new(registry, types);

    public byte[] Encode(IAvroRecord record) => _serializer.Serialize(record, Value);

    public IAvroRecord Decode(ReadOnlyMemory<byte> frame) => WireFormat.TryRead(frame.Span, out var schemaId, out var body, out var why)
        ? _readers.Find(schemaId).Read(body)
        : throw new MalformedRecordException($"it is not in Confluent wire format: {why}");
}
