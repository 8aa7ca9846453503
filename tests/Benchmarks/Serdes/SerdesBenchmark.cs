using Confluent.Kafka;
using Streaming.Benchmarks.Avro;
using Streaming.Fixtures;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Serdes;

/// <summary>What a producer and a consumer pay for a ten-field event: our serdes against Confluent's, each with its own client's caches warm.</summary>
internal static class SerdesBenchmark
{
    public static async Task RunAsync()
    {
        await using var fixture = new EmbeddedRegistryFixture();
        await fixture.InitializeAsync();
        using var registry = new SchemaRegistryClient(fixture.Url);
        using var peers = new PeerSerdes(fixture.Url);

        var context = new SerializationContext(MessageComponentType.Value, "measured");
        var serializer = new AvroSerializer<Measured>(registry);
        var deserializer = new AvroDeserializer<Measured>(registry, [Measured.RecordType]);
        var frame = serializer.Serialize(AvroBenchmark.Event, context);
        Console.WriteLine($"{frame.Length} bytes per frame.");

        Rounds.Compare("serialize: frame and body in a new array",
            [new("ours", count => Repeat(count, () => serializer.Serialize(AvroBenchmark.Event, context))), .. peers.Serializers()]);
        Rounds.Compare("deserialize",
            [new("ours", count => Repeat(count, () => deserializer.Deserialize(frame, isNull: false, context))), .. await peers.DeserializersAsync()]);
    }

    private static void Repeat<T>(int count, Func<T> operation)
    {
        for (; count > 0; count--)
            operation();
    }
}
