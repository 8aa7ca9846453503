using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.LakeSink.Tests.Support;

/// <summary>Writes events as the command host does.</summary>
internal sealed class EventWriter(string bootstrapServers, string registryUrl, string prefix) : IDisposable
{
    private readonly SchemaRegistryClient _registry = new(registryUrl);
    private readonly IProducer<byte[], byte[]> _producer =
        new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers, EnableIdempotence = true, LingerMs = 0 }).Build();

    public async Task<DeliveryResult<byte[], byte[]>> WriteAsync(AvroRecordType type, IAvroRecord record, string aggregateId, long sequence = 1)
    {
        var context = type.FullName.Split('.')[1];
        return await ProduceAsync(TopicCatalogue.All.Single(topics => topics.Context == context).Events, aggregateId, new EventKey(aggregateId, sequence).ToString(), await EncodeAsync(record));
    }

    public async Task EraseAsync(string sku)
    {
        await ProduceAsync(TopicCatalogue.Inventory.Erasures, sku, sku, await EncodeAsync(new AggregateErased(sku, 1, "asked for by its owner", DateTimeOffset.UnixEpoch.AddYears(55))));
        await ProduceAsync(TopicCatalogue.Inventory.Events, sku, new EventKey(sku, 1).ToString(), null);
    }

    public void Dispose()
    {
        _producer.Dispose();
        _registry.Dispose();
    }

    private async Task<byte[]> EncodeAsync(IAvroRecord record)
    {
        var schemaId = await _registry.RegisterAsync(record.AvroSchema.FullName, record.AvroSchema.ToString());
        var value = AvroEncoding.EncodeToArray(record, WireFormat.PrefixBytes);
        WireFormat.WritePrefix(value, schemaId);
        return value;
    }

    private Task<DeliveryResult<byte[], byte[]>> ProduceAsync(TopicDefinition topic, string aggregateId, string key, byte[]? value) => _producer.ProduceAsync(
        new TopicPartition(prefix + topic.Name, Murmur2.Partition(aggregateId, topic.PartitionCount)),
        new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = value!,
            Headers = new Headers { { HeaderNames.Id, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()) } },
        });
}
