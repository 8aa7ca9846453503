using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Upcasting;
using Streaming.Serdes.Registry;

namespace Streaming.Serdes;

/// <summary>Reads values in Confluent wire format: any record of a catalogue, whichever version of its schema it was written with.</summary>
/// <typeparam name="TBase">What the records have in common: a base record such as <c>InventoryEvent</c>, a single record, or <see cref="IAvroRecord"/>.
/// Nullable where the topic has tombstones.</typeparam>
/// <remarks>
/// The first record of each schema id asks the registry on the calling thread; from then on nothing is allocated but the record.
/// Within Confluent.Kafka's consumer the exceptions come as the cause of a <see cref="ConsumeException"/>, which names the offset.
/// </remarks>
public sealed class AvroDeserializer<TBase> : IDeserializer<TBase>
    where TBase : class?
{
    private readonly RecordReaders _readers;

    /// <param name="records">What is read: <c>AvroRecords.All</c>, or a part of it.</param>
    /// <param name="upcasters">By which old records are read as new ones. Null: those of the pipeline's own contexts.</param>
    public AvroDeserializer(ISchemaRegistry registry, IEnumerable<AvroRecordType> records, IEnumerable<Upcaster>? upcasters = null)
        : this(new RecordReaders(registry, records, upcasters))
    {
    }

    /// <summary>Shares what is known of schema ids with other deserializers.</summary>
    public AvroDeserializer(RecordReaders readers) => _readers = readers;

    /// <summary>The record in a frame; null for a tombstone.</summary>
    /// <exception cref="UndecodableRecordException">The bytes are no such record, and will not become one.</exception>
    /// <exception cref="RegistryException">The registry could not be asked.</exception>
    public TBase Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        // Who reads a topic with tombstones says so in TBase.
        if (isNull)
            return null!;
        try
        {
            return Read(data);
        }
        catch (UndecodableRecordException undecodable)
        {
            undecodable.Position = $"{context.Topic} ({(context.Component == MessageComponentType.Key ? "key" : "value")})";
            throw;
        }
    }

    /// <summary>The record in a frame whose place is known.</summary>
    /// <inheritdoc cref="Deserialize(ReadOnlySpan{byte}, bool, SerializationContext)"/>
    public TBase Deserialize(ReadOnlySpan<byte> frame, TopicPartitionOffset at)
    {
        try
        {
            return Read(frame);
        }
        catch (UndecodableRecordException undecodable)
        {
            undecodable.Position = $"{at.Topic}-{at.Partition.Value}@{at.Offset.Value}";
            throw;
        }
    }

    private TBase Read(ReadOnlySpan<byte> frame)
    {
        if (!WireFormat.TryRead(frame, out var schemaId, out var body, out var why))
            throw new MalformedRecordException($"not in Confluent wire format: {why}. Its producer writes without a registry's serializer.");
        var reader = _readers.Find(schemaId);
        return reader.Read(body) as TBase
            ?? throw new UnknownRecordException($"schema id {schemaId} is {reader.Writer.FullName}, which is no {typeof(TBase).Name}.", schemaId);
    }
}
