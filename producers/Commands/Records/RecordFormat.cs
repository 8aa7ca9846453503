using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Records;

/// <summary>Records as they stand on a topic, and back. Called on threads that have nothing else to do, so it may block for the registry.</summary>
/// <param name="records">What is read here; anything can be written.</param>
public sealed class RecordFormat(ISchemaRegistry registry, IEnumerable<AvroRecordType> records)
{
    // Subjects are the records' names, so the topic does not matter.
    private static readonly SerializationContext AnyTopic = new(MessageComponentType.Value, topic: "");

    private readonly AvroSerializer<IAvroRecord> _serializer = new(registry);
    private readonly RecordReaders _readers = new(registry, records);

    /// <summary>The record's bytes in Confluent wire format.</summary>
    public byte[] Encode(IAvroRecord record) => _serializer.Serialize(record, AnyTopic);

    /// <summary>The record in these bytes, whichever version of its schema they were written with.</summary>
    /// <exception cref="UndecodableRecordException">They hold no record that is known here, and never will.</exception>
    /// <exception cref="RegistryUnavailableException">Nobody can tell now.</exception>
    public IAvroRecord Decode(ReadOnlySpan<byte> frame) => WireFormat.TryRead(frame, out var id, out var body, out var why)
        ? _readers.Find(id).Read(body)
        : throw new MalformedRecordException($"the value is not in Confluent wire format: {why}");
}
