using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>What is left of a command processor when it decides nothing: consume, produce an event and a result of the same size with the same
/// headers, commit; a thread and a producer a partition, at most as many commands per transaction.</summary>
/// <remarks>It writes to topics of its own and keeps no state, encodes no record, recognises no duplicate.</remarks>
internal sealed class RawLoop
{
    /// <summary>What the program is called with to run as one: this, bootstrap servers, the registry's URL, the topics' prefix.</summary>
    public const string Argument = "raw-loop";

    private const int BatchRecordsMax = 1_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly string _bootstrapServers;
    private readonly ContextTopics _topics;
    private readonly byte[] _event;
    private readonly byte[] _result;

    private RawLoop(string bootstrapServers, ContextTopics topics, byte[] anEvent, byte[] result) =>
        (_bootstrapServers, _topics, _event, _result) = (bootstrapServers, topics, anEvent, result);

    /// <summary>Runs until the process is killed.</summary>
    public static async Task RunAsync(string bootstrapServers, string registryUrl, string prefix)
    {
        var topics = TopicCatalogue.Inventory.WithPrefix(prefix);
        using var registry = new SchemaRegistryClient(registryUrl);
        var serializer = new AvroSerializer<IAvroRecord>(registry);
        var context = new SerializationContext(MessageComponentType.Value, topics.Events.Name);
        var anEvent = await serializer.SerializeAsync(new StockReceived(new Sku("SKU-1"), 1, "measured", null, 1, 0, DateTimeOffset.UnixEpoch), context);
        var result = await serializer.SerializeAsync(new CommandAccepted("c-1", "SKU-1", new byte[32], 1, 1), context);
        var loop = new RawLoop(bootstrapServers, topics, anEvent, result);
        await Task.WhenAll(Enumerable.Range(0, topics.PartitionCount).Select(partition =>
            Task.Factory.StartNew(() => loop.Run(partition), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    private void Run(int partition)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _bootstrapServers, GroupId = _topics.Results.Name, EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
            FetchQueueBackoffMs = 10,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_topics.Commands.Name, partition, Offset.Beginning));
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = _bootstrapServers, TransactionalId = $"{_topics.Results.Name}-{partition}", EnableDeliveryReports = true, DeliveryReportFields = "none", LingerMs = 1,
            BatchNumMessages = 10_000, QueueBufferingMaxMessages = 100_000, RetryBackoffMs = 5,
        }).Build();
        producer.InitTransactions(Timeout);
        while (true)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record)
                continue;
            producer.BeginTransaction();
            var count = 0;
            var last = record;
            for (; record is not null; record = ++count < BatchRecordsMax ? consumer.Consume(TimeSpan.Zero) : null)
            {
                last = record;
                Write(producer, record, partition);
            }

            producer.SendOffsetsToTransaction([new(last.TopicPartition, last.Offset + 1)], consumer.ConsumerGroupMetadata, Timeout);
            producer.CommitTransaction(Timeout);
        }
    }

    private void Write(IProducer<byte[], byte[]> producer, ConsumeResult<byte[], byte[]> command, int partition)
    {
        var id = command.Message.Headers.GetLastBytes(HeaderNames.Id);
        var time = Encoding.UTF8.GetBytes(command.Message.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        producer.Produce(new TopicPartition(_topics.Events.Name, partition), new Message<byte[], byte[]>
        {
            Key = [.. command.Message.Key, (byte)'@', (byte)'1'],
            Value = _event,
            Headers = new Headers
            {
                { HeaderNames.SpecVersion, "1.0"u8.ToArray() },
                { HeaderNames.Id, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()) },
                { HeaderNames.Type, "streaming.inventory.StockReceived"u8.ToArray() },
                { HeaderNames.Source, "/streaming/command-host"u8.ToArray() },
                { HeaderNames.Subject, command.Message.Key },
                { HeaderNames.Time, time },
                { HeaderNames.Sequence, "1"u8.ToArray() },
                { HeaderNames.CausationId, id },
                { HeaderNames.CorrelationId, id },
            },
        });
        byte[] key = [.. command.Message.Key, (byte)'/', .. id];
        producer.Produce(new TopicPartition(_topics.Results.Name, partition), new Message<byte[], byte[]>
        {
            Key = key,
            Value = _result,
            Headers = new Headers
            {
                { HeaderNames.SpecVersion, "1.0"u8.ToArray() },
                { HeaderNames.Id, key },
                { HeaderNames.Type, "streaming.commands.CommandAccepted"u8.ToArray() },
                { HeaderNames.Source, "/streaming/command-host"u8.ToArray() },
                { HeaderNames.Time, time },
                { HeaderNames.CausationId, id },
            },
        });
    }
}
