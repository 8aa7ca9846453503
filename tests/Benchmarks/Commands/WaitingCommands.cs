using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>Commands that wait on their topic until somebody decides them.</summary>
internal static class WaitingCommands
{
    private const int SkuCount = 1_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <param name="first">Number of the first one; those before register the products.</param>
    public static async Task WriteAsync(string bootstrapServers, string registryUrl, ContextTopics topics, int first, int commandCount)
    {
        using var registry = new SchemaRegistryClient(registryUrl);
        var serializer = new AvroSerializer<IAvroRecord>(registry);
        var context = new SerializationContext(MessageComponentType.Value, topics.Commands.Name);
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, EnableIdempotence = true, LingerMs = 5, QueueBufferingMaxMessages = 2_000_000, EnableDeliveryReports = false,
        }).Build();

        for (var number = first; number < first + commandCount; number++)
        {
            var sku = new Sku($"SKU-{number % SkuCount}");
            InventoryCommand command = number < SkuCount
                ? new RegisterProduct(sku, "A product to measure with", null, null, null)
                : new ReceiveStock(sku, 1, "measured", null, null);
            var value = await serializer.SerializeAsync((IAvroRecord)command, context);
            producer.Produce(new TopicPartition(topics.Commands.Name, Murmur2.Partition(sku.Value, topics.PartitionCount)), new Message<string, byte[]>
            {
                Key = sku.Value,
                Value = value,
                Headers = new Headers
                {
                    { HeaderNames.Id, Encoding.UTF8.GetBytes($"c-{number}") },
                    { HeaderNames.Type, Encoding.UTF8.GetBytes(((IAvroRecord)command).AvroSchema.FullName) },
                },
            });
        }

        producer.Flush(Deadline);
    }
}
