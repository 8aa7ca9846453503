using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Commands;
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
        ErasuresTopic = prefix + TopicCatalogue.Inventory.Erasures.Name;
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

    public string ErasuresTopic { get; }

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

    /// <summary>Purges a product as the command host does: the entry first, then tombstones for all its events.</summary>
    /// <param name="through">Up to this event: the log of somebody who sees only a part of the tombstones. 0: all.</param>
    public async Task EraseAsync(ProductHistory history, int through = 0)
    {
        var erased = new AggregateErased(history.Sku, history.Events.Count, "asked for by its owner", DateTimeOffset.UnixEpoch.AddYears(55));
        var entry = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(history.Sku), Value = await EncodeAsync(erased) };
        var partition = PartitionOf(history.Sku);
        _producer.BeginTransaction();
        await _producer.ProduceAsync(new TopicPartition(ErasuresTopic, partition), entry);
        await Task.WhenAll(Enumerable.Range(1, through == 0 ? history.Events.Count : through).Select(sequence => _producer.ProduceAsync(
            new TopicPartition(Topic, partition),
            new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(new EventKey(history.Sku, sequence).ToString()), Value = null! })));
        _producer.CommitTransaction();
    }

    /// <summary>One record as it is, wrong or not.</summary>
    public Task WriteAsync(int partition, Message<byte[], byte[]> message) => WriteAsync([(partition, message)]);

    public async Task<Message<byte[], byte[]>> MessageAsync(InventoryEvent happened, long sequence)
    {
        return new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(new EventKey(happened.Sku.Value, sequence).ToString()),
            Value = await EncodeAsync((IAvroRecord)happened),
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

    private async Task<byte[]> EncodeAsync(IAvroRecord record)
    {
        var schemaId = await _registry.RegisterAsync(record.AvroSchema.FullName, record.AvroSchema.ToString());
        var value = AvroEncoding.EncodeToArray(record, WireFormat.PrefixBytes);
        WireFormat.WritePrefix(value, schemaId);
        return value;
    }

    private async Task WriteAsync(List<(int Partition, Message<byte[], byte[]> Message)> records)
    {
        _producer.BeginTransaction();
        await Task.WhenAll(records.Select(record => _producer.ProduceAsync(new TopicPartition(Topic, record.Partition), record.Message)));
        _producer.CommitTransaction();
    }
}
