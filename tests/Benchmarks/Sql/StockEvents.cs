using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Sql;

/// <summary>Events as the command host records them, with all their headers.</summary>
internal static class StockEvents
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task WriteAsync(string bootstrapServers, string registryUrl, TopicDefinition topic, int eventCount, int productCount, int firstSequence = 1)
    {
        using var registry = new SchemaRegistryClient(registryUrl);
        var serializer = new AvroSerializer<IAvroRecord>(registry);
        var context = new SerializationContext(MessageComponentType.Value, topic.Name);
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, EnableIdempotence = true, LingerMs = 5, QueueBufferingMaxMessages = 2_000_000, EnableDeliveryReports = false,
        }).Build();

        var onHand = new int[productCount];
        for (var number = 0; number < eventCount; number++)
        {
            var product = number % productCount;
            var sequence = (number / productCount) + firstSequence;
            var happened = Happen($"SKU-{product}", sequence, ref onHand[product]);
            producer.Produce(new TopicPartition(topic.Name, Murmur2.Partition(happened.Sku.Value, topic.PartitionCount)), new Message<string, byte[]>
            {
                Key = new EventKey(happened.Sku.Value, sequence).ToString(),
                Value = await serializer.SerializeAsync((IAvroRecord)happened, context),
                Headers = Headers(happened, sequence, number),
            });
        }

        producer.Flush(Deadline);
    }

    private static InventoryEvent Happen(string name, int sequence, ref int onHand)
    {
        var (sku, at) = (new Sku(name), DateTimeOffset.UnixEpoch.AddYears(52).AddMinutes(sequence));
        return sequence switch
        {
            1 => new ProductRegistered(sku, $"Product {name}", null, null, 0, 0, at),
            _ when sequence % 2 == 0 => new StockReceived(sku, 10, "delivered", $"note {sequence}", onHand += 10, 0, at),
            _ => new StockSold(sku, 3, null, $"receipt {sequence}", onHand -= 3, 0, at),
        };
    }

    private static Headers Headers(InventoryEvent happened, int sequence, int number) => new()
    {
        { HeaderNames.SpecVersion, Utf8(HeaderNames.SpecVersionValue) },
        { HeaderNames.Id, Utf8(Guid.CreateVersion7().ToString()) },
        { HeaderNames.Type, Utf8(((IAvroRecord)happened).AvroSchema.FullName) },
        { HeaderNames.Source, Utf8("/streaming/command-host") },
        { HeaderNames.Subject, Utf8(happened.Sku.Value) },
        { HeaderNames.Time, Utf8(happened.OccurredAt.ToString("O", CultureInfo.InvariantCulture)) },
        { HeaderNames.Sequence, Utf8(sequence.ToString(CultureInfo.InvariantCulture)) },
        { HeaderNames.CausationId, Utf8($"command-{number}") },
    };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
