using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Upcasting;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Records;

/// <summary>Records as they stand on a topic, and back. Called on threads that have nothing else to do, so it may block for the registry.</summary>
/// <param name="records">What is read here; anything can be written.</param>
/// <param name="upcasters">By which old records are read as new ones. Null: those of the pipeline's own contexts.</param>
public sealed class RecordFormat(ISchemaRegistry registry, IEnumerable<AvroRecordType> records, IEnumerable<Upcaster>? upcasters = null)
{
    // Subjects are the records' names, so the topic does not matter.
    private static readonly SerializationContext AnyTopic = new(MessageComponentType.Value, topic: "");

    private readonly AvroSerializer<IAvroRecord> _serializer = new(registry);
    private readonly RecordReaders _readers = new(registry, records, upcasters);

    /// <summary>The record's bytes in Confluent wire format.</summary>
    public byte[] Encode(IAvroRecord record) => _serializer.Serialize(record, AnyTopic);

    /// <summary>The record in these bytes in its newest version, whichever they were written with.</summary>
    /// <exception cref="UndecodableRecordException">They hold no record that is known here, and never will.</exception>
    /// <exception cref="RegistryUnavailableException">Nobody can tell now.</exception>
    public IAvroRecord Decode(ReadOnlySpan<byte> frame) => Decode(frame, out _);

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    /// <param name="writtenAs">The full name that the record had when it was written.</param>
    public IAvroRecord Decode(ReadOnlySpan<byte> frame, out string writtenAs)
    {
        if (!WireFormat.TryRead(frame, out var id, out var body, out var why))
            throw new MalformedRecordException($"the value is not in Confluent wire format: {why}");
        var reader = _readers.Find(id);
        writtenAs = reader.Writer.FullName;
        return reader.Read(body);
    }
}
