using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Streaming.Tests;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>Writes events to the log as the command host does: one transaction for what belongs together.</summary>
internal sealed class EventLog : IDisposable
{
    private readonly SchemaRegistryClient _registry;
    private readonly IProducer<byte[], byte[]> _producer;

    public EventLog(string bootstrapServers, string registryUrl, string prefix)
    {
        Topic = prefix + TopicCatalogue.Inventory.Events.Name;
        _registry = new SchemaRegistryClient(registryUrl);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            TransactionalId = prefix + "test-writer",
            LingerMs = 0,
        }).Build();
        _producer.InitTransactions(TimeSpan.FromSeconds(30));
    }

    public string Topic { get; }

    public static int PartitionOf(string aggregateId) => Murmur2.Partition(aggregateId, TopicCatalogue.PartitionCount);

    /// <summary>All events of these products in one transaction, product after product.</summary>
    public Task AppendAsync(params ProductHistory[] histories) => AppendAsync(0, histories);

    /// <summary>The events behind the first <paramref name="known"/> of each product.</summary>
    public async Task AppendAsync(int known, params ProductHistory[] histories)
    {
        var records = new List<(int, Message<byte[], byte[]>)>();
        foreach (var history in histories)
        {
            for (var i = known; i < history.Events.Count; i++)
                records.Add((PartitionOf(history.Sku), await MessageAsync(history.Events[i], i + 1)));
        }

        await WriteAsync(records);
    }

    /// <summary>A product's history as the first versions wrote it.</summary>
    public async Task AppendFirstVersionsAsync()
    {
        var records = new List<(int, Message<byte[], byte[]>)>();
        foreach (var happened in FirstVersions.Events)
        {
            var value = happened.Frame(await _registry.RegisterAsync(happened.Type, happened.Schema));
            var id = Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString());
            records.Add((PartitionOf(FirstVersions.Sku), new() { Key = Encoding.UTF8.GetBytes(happened.Key), Value = value, Headers = new Headers { { HeaderNames.Id, id } } }));
        }

        await WriteAsync(records);
    }

    /// <summary>One record as it is, wrong or not.</summary>
    public Task WriteAsync(int partition, Message<byte[], byte[]> message) => WriteAsync([(partition, message)]);

    public async Task<Message<byte[], byte[]>> MessageAsync(InventoryEvent happened, long sequence)
    {
        var record = (IAvroRecord)happened;
        var schemaId = await _registry.RegisterAsync(record.AvroSchema.FullName, record.AvroSchema.ToString());
        var value = AvroEncoding.EncodeToArray(record, WireFormat.PrefixBytes);
        WireFormat.WritePrefix(value, schemaId);
        return new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(new EventKey(happened.Sku.Value, sequence).ToString()),
            Value = value,
            Headers = new Headers
            {
                { HeaderNames.Id, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()) },
                { HeaderNames.CausationId, Encoding.UTF8.GetBytes($"{happened.Sku}-command-{sequence}") },
            },
        };
    }

    public void Dispose()
    {
        _producer.Dispose();
        _registry.Dispose();
    }

    private async Task WriteAsync(List<(int Partition, Message<byte[], byte[]> Message)> records)
    {
        _producer.BeginTransaction();
        await Task.WhenAll(records.Select(record => _producer.ProduceAsync(new TopicPartition(Topic, record.Partition), record.Message)));
        _producer.CommitTransaction();
    }
}
