using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>Writes events to the log as the command host does, and remembers them as a reader has them.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly string _prefix;
    private readonly SchemaRegistryClient _registry;
    private readonly AvroSerializer<IAvroRecord> _serializer;
    private readonly IProducer<string, byte[]> _producer;
    private readonly Dictionary<(string Topic, string Id), long> _sequences = [];
    private readonly List<RecordedEvent> _written = [];

    public EventWriter(HostServers servers, string prefix)
    {
        _prefix = prefix;
        _registry = new SchemaRegistryClient(servers.Registry.Url);
        _serializer = new AvroSerializer<IAvroRecord>(_registry);
        _producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = servers.Kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 1 }).Build();
    }

    /// <summary>In the order of their writing, which keeps that of each partition.</summary>
    public IReadOnlyList<RecordedEvent> Written => _written;

    public async Task WriteAsync(params IEnumerable<IAvroRecord> records)
    {
        var deliveries = new List<(RecordedEvent Recorded, Task<DeliveryResult<string, byte[]>> Delivery)>();
        foreach (var record in records)
        {
            var (topics, id) = PlaceOf(record);
            var topic = _prefix + topics.Events.Name;
            var sequence = _sequences[(topic, id)] = _sequences.GetValueOrDefault((topic, id)) + 1;
            var recorded = Some.Recorded(record, id, sequence, _written.Count + deliveries.Count, topic) with { Partition = Murmur2.Partition(id, topics.Events.PartitionCount) };
            deliveries.Add((recorded, _producer.ProduceAsync(new TopicPartition(topic, recorded.Partition), await MessageAsync(recorded))));
        }

        foreach (var (recorded, delivery) in deliveries)
            _written.Add(recorded with { Offset = (await delivery).Offset });
    }

    public void Dispose()
    {
        _producer.Dispose();
        _registry.Dispose();
    }

    private async Task<Message<string, byte[]>> MessageAsync(RecordedEvent recorded) => new()
    {
        Key = new EventKey(recorded.AggregateId, recorded.Sequence).ToString(),
        Value = await _serializer.SerializeAsync(recorded.Record, new SerializationContext(MessageComponentType.Value, recorded.Topic)),
        Timestamp = new Timestamp(recorded.RecordedAt),
        Headers = new Headers { { HeaderNames.Id, Encoding.UTF8.GetBytes(recorded.EventId.ToString()) } },
    };

    private static (ContextTopics Topics, string Id) PlaceOf(IAvroRecord record) => record switch
    {
        InventoryEvent e => (TopicCatalogue.Inventory, e.Sku.Value),
        AccountEvent e => (TopicCatalogue.Accounts, e.AccountId.Value),
        OrderEvent e => (TopicCatalogue.Orders, e.OrderId.Value),
        FulfilmentEvent e => (TopicCatalogue.Fulfilment, e.OrderId.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(record), record, "Of no context; add it above."),
    };
}
