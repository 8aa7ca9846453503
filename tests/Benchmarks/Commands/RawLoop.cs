using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>What is left of a command processor when it decides nothing: consume, produce an event and a result of the same size with the same
/// headers, commit; a thread and a producer a partition, at most as many commands per transaction.</summary>
/// <remarks>It writes to topics of its own and keeps no state, encodes no record, recognises no duplicate.</remarks>
internal sealed class RawLoop : IDisposable
{
    private const int BatchRecordsMax = 1_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly string _bootstrapServers;
    private readonly ContextTopics _commands;
    private readonly ContextTopics _written;
    private readonly byte[] _event;
    private readonly byte[] _result;
    private readonly List<Thread> _threads = [];

    private RawLoop(string bootstrapServers, ContextTopics commands, ContextTopics written, byte[] anEvent, byte[] result) =>
        (_bootstrapServers, _commands, _written, _event, _result) = (bootstrapServers, commands, written, anEvent, result);

    public TopicDefinition Results => _written.Results;

    public static async Task<RawLoop> StartAsync(string bootstrapServers, string registryUrl, ContextTopics topics)
    {
        using var registry = new SchemaRegistryClient(registryUrl);
        var serializer = new AvroSerializer<IAvroRecord>(registry);
        var context = new SerializationContext(MessageComponentType.Value, topics.Events.Name);
        var anEvent = await serializer.SerializeAsync(new StockReceived(new Sku("SKU-1"), 1, "measured", null, 1, 0, DateTimeOffset.UnixEpoch), context);
        var result = await serializer.SerializeAsync(new CommandAccepted("c-1", "SKU-1", new byte[32], 1, 1), context);
        var written = TopicCatalogue.Of(SomeNames.Name("raw"));
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build())
        {
            await admin.CreateTopicsAsync(new[] { written.Events, written.Results }.Select(topic => new Confluent.Kafka.Admin.TopicSpecification
            {
                Name = topic.Name, NumPartitions = topic.PartitionCount, ReplicationFactor = 1,
            }));
        }

        var loop = new RawLoop(bootstrapServers, topics, written, anEvent, result);
        for (var partition = 0; partition < topics.PartitionCount; partition++)
        {
            var own = partition;
            var thread = new Thread(() => loop.Run(own)) { IsBackground = true };
            thread.Start();
            loop._threads.Add(thread);
        }

        return loop;
    }

    public void Stop()
    {
        _stopping.Cancel();
        _threads.ForEach(thread => thread.Join());
    }

    public void Dispose()
    {
        Stop();
        _stopping.Dispose();
    }

    private void Run(int partition)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _bootstrapServers, GroupId = _written.Context, EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
            FetchQueueBackoffMs = 10,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_commands.Commands.Name, partition, Offset.Beginning));
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = _bootstrapServers, TransactionalId = $"{_written.Context}-{partition}", EnableDeliveryReports = false, LingerMs = 1,
            BatchNumMessages = 10_000, QueueBufferingMaxMessages = 100_000, RetryBackoffMs = 5,
        }).Build();
        producer.InitTransactions(Timeout);
        while (!_stopping.IsCancellationRequested)
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
        producer.Produce(new TopicPartition(_written.Events.Name, partition), new Message<byte[], byte[]>
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
        producer.Produce(new TopicPartition(_written.Results.Name, partition), new Message<byte[], byte[]>
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
