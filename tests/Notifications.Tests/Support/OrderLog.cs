using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Notifications.Tests.Support;

/// <summary>Events of orders in the log of one test's installation.</summary>
internal sealed class OrderLog : IDisposable
{
    private readonly SchemaRegistryClient _registry;
    private readonly IProducer<byte[], byte[]> _producer;

    private OrderLog(string bootstrapServers, string registryUrl, string prefix)
    {
        Topic = prefix + TopicCatalogue.Orders.Events.Name;
        _registry = new SchemaRegistryClient(registryUrl);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers, LingerMs = 0 }).Build();
    }

    public string Topic { get; }

    public static async Task<OrderLog> CreateAsync(string bootstrapServers, string registryUrl, string prefix)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        var topics = TopicCatalogue.Orders.WithPrefix(prefix);
        await admin.CreateTopicsAsync([.. new[] { topics.Events, topics.Erasures }.Select(topic => new TopicSpecification
        {
            Name = topic.Name, NumPartitions = topic.PartitionCount, Configs = new Dictionary<string, string>(topic.Settings),
        })]);
        return new OrderLog(bootstrapServers, registryUrl, prefix);
    }

    /// <summary>An order that is accepted.</summary>
    public async Task AcceptAsync(string orderId)
    {
        IAvroRecord accepted = new OrderAccepted(new(orderId), new("C-17"), new("12345"), new("EUR"), [new(new("LAMP"), 1, 40m)], 40m, 1, null, DateTimeOffset.UnixEpoch.AddYears(55));
        var schemaId = await _registry.RegisterAsync(accepted.AvroSchema.FullName, accepted.AvroSchema.ToString());
        var value = AvroEncoding.EncodeToArray(accepted, WireFormat.PrefixBytes);
        WireFormat.WritePrefix(value, schemaId);
        await _producer.ProduceAsync(new TopicPartition(Topic, Murmur2.Partition(orderId, TopicCatalogue.PartitionCount)), new()
        {
            Key = Encoding.UTF8.GetBytes(new EventKey(orderId, 1).ToString()),
            Value = value,
            Headers = new Headers { { HeaderNames.Id, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()) } },
        });
    }

    /// <summary>A record of an order that is no event.</summary>
    public Task SpoilAsync(string orderId, long sequence) => _producer.ProduceAsync(
        new TopicPartition(Topic, Murmur2.Partition(orderId, TopicCatalogue.PartitionCount)),
        new() { Key = Encoding.UTF8.GetBytes(new EventKey(orderId, sequence).ToString()), Value = "no Avro"u8.ToArray() });

    public void Dispose()
    {
        _producer.Dispose();
        _registry.Dispose();
    }
}
