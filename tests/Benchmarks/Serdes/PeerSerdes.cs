using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.Benchmarks.Avro;
using Apache = global::Avro;

namespace Streaming.Benchmarks.Serdes;

/// <summary>Confluent's serdes with their own caching client on the registry that ours use.</summary>
internal sealed class PeerSerdes(string registryUrl) : IDisposable
{
    private static readonly SerializationContext _context = new(MessageComponentType.Value, "measured");
    private static readonly PeerRecord _specific = PeerRecord.Of(AvroBenchmark.Event);
    private static readonly Apache.Generic.GenericRecord _generic = Peers.Generic();
    private readonly CachedSchemaRegistryClient _registry = new(new SchemaRegistryConfig { Url = registryUrl });

    public IEnumerable<Contender> Serializers()
    {
        yield return Serializer("Confluent AvroSerializer, specific", new AvroSerializer<PeerRecord>(_registry), _specific);
        yield return Serializer("Confluent AvroSerializer, generic", new AvroSerializer<Apache.Generic.GenericRecord>(_registry), _generic);
    }

    public async Task<IReadOnlyList<Contender>> DeserializersAsync()
    {
        var frame = await new AvroSerializer<PeerRecord>(_registry).SerializeAsync(_specific, _context);
        return
        [
            Deserializer("Confluent AvroDeserializer, specific", new AvroDeserializer<PeerRecord>(_registry), frame),
            Deserializer("Confluent AvroDeserializer, generic", new AvroDeserializer<Apache.Generic.GenericRecord>(_registry), frame),
        ];
    }

    public void Dispose() => _registry.Dispose();

    private static Contender Serializer<T>(string name, AvroSerializer<T> serializer, T record) => new(name, count =>
    {
        for (; count > 0; count--)
            serializer.SerializeAsync(record, _context).GetAwaiter().GetResult();
    });

    private static Contender Deserializer<T>(string name, AvroDeserializer<T> deserializer, byte[] frame) => new(name, count =>
    {
        for (; count > 0; count--)
            deserializer.DeserializeAsync(frame, isNull: false, _context).GetAwaiter().GetResult();
    });
}
