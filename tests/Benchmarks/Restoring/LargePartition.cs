using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Avro;
using Streaming.Commands;
using Streaming.Commands.Deciding;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Incoming;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Commands.Restoring;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Writing;
using Streaming.Contexts.Inventory;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Domain.Inventory;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Restoring;

/// <summary>A context of one partition, written straight to the log as a processor would have written it.</summary>
internal sealed class LargePartition
{
    private readonly string _bootstrapServers;
    private readonly RecordFormat _format;
    private readonly ISchemaRegistry _registry;
    private readonly string _prefix = SomeNames.Prefix();
    private readonly CommandContext<InventoryCommand, InventoryEvent, StockLevel> _context;
    private readonly PartitionTopics _topics;

    public LargePartition(string bootstrapServers, RecordFormat format, ISchemaRegistry registry)
    {
        (_bootstrapServers, _format, _registry) = (bootstrapServers, format, registry);
        _context = Context(StockStates.Format);
        _topics = PartitionTopics.Of(_context.Topics, 0);
    }

    public async Task WriteEventsAsync(int aggregateCount, int eventsPerAggregate)
    {
        foreach (var record in _context.RecordsOfProcessor)
            await _registry.RegisterAsync(record.FullName, record.Schema.ToString());
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _bootstrapServers }).Build())
            await admin.CreateTopicsAsync(_context.Topics.All.Select(topic => new TopicSpecification { Name = topic.Name, NumPartitions = 1, ReplicationFactor = 1 }));

        using var producer = Producer();
        var at = TimeProvider.System.GetUtcNow();
        var headers = new RecordHeaders("/streaming/command-host");
        for (var sequence = 1; sequence <= eventsPerAggregate; sequence++)
        {
            for (var i = 0; i < aggregateCount; i++)
            {
                var sku = $"XYZ-{i}";
                InventoryEvent happened = sequence == 1
                    ? new ProductRegistered(new Sku(sku), "Widget", null, null, 0, 0, at)
                    : new StockReceived(new Sku(sku), 10, "a truck came", null, (sequence - 1) * 10, 0, at);
                Send(producer, _topics.Events, EventMessage(headers, sku, sequence, (IAvroRecord)happened, at));
            }
        }

        producer.Flush(TimeSpan.FromMinutes(1));
    }

    /// <summary>The whole state as one round of snapshots.</summary>
    public void WriteSnapshots()
    {
        using var producer = Producer();
        var records = new SnapshotRecords<StockLevel>(_context.Snapshots!, _format, new RecordHeaders("/streaming/command-host"));
        var states = (AggregateStates<StockLevel>)Restore(withSnapshots: false).Keep;
        var at = TimeProvider.System.GetUtcNow();
        foreach (var (id, aggregate) in states.All)
            Send(producer, _topics.Snapshots, records.Of(id, aggregate, at));
        var end = Ends()[_topics.Events];
        Send(producer, _topics.Snapshots, records.Of(new SnapshotCheckpoint(end, end, states.Count, at)));
        producer.Flush(TimeSpan.FromMinutes(1));
    }

    /// <summary>What whoever reads the events has to pay at least, when every record is taken as it comes.</summary>
    public (long Records, object Keep) Consume(string fields)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _bootstrapServers,
            GroupId = "unused",
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 10,            // As the restoring consumer has them: both wait for the same end.
            FetchQueueBackoffMs = 10,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            ConsumeResultFields = fields,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_topics.Events, Offset.Beginning));
        var count = 0L;
        while (!consumer.Consume().IsPartitionEOF)
            count++;
        return (count, consumer);
    }

    public (long Records, object Keep) Restore(bool withSnapshots)
    {
        var options = new CommandProcessorOptions();
        var context = withSnapshots ? _context : Context(null);
        var clients = new ProcessorClients(new KafkaOptions { BootstrapServers = _bootstrapServers }, options, context.Topics, _prefix, NullLogger.Instance);
        var states = new AggregateStates<StockLevel>(context.Decider.Initial);
        var restored = new PartitionRestorer<InventoryCommand, InventoryEvent, StockLevel>(
            context, _topics, clients, options, _format, TimeProvider.System, NullLogger.Instance).Restore(
            states, new ResultIndex(options.DuplicatesWindow, options.DuplicatesMax, TimeProvider.System), Ends(),
            new KafkaAsking(_topics.Commands, NullLogger.Instance), CancellationToken.None);
        return (restored.Events + restored.Snapshots, states);
    }

    private CommandContext<InventoryCommand, InventoryEvent, StockLevel> Context(StateFormat<StockLevel>? snapshots) =>
        new CommandContext<InventoryCommand, InventoryEvent, StockLevel>
        {
            Topics = TopicCatalogue.Of("inventory", partitionCount: 1),
            Records = InventoryContext.Definition.Records,
            Decider = InventoryContext.Definition.Decider,
            Snapshots = snapshots,
            AggregateId = InventoryContext.Definition.AggregateId,
            Stamp = InventoryContext.Definition.Stamp,
            OccurredAt = InventoryContext.Definition.OccurredAt,
        }.WithPrefix(_prefix);

    private Message<byte[], byte[]> EventMessage(RecordHeaders headers, string sku, long sequence, IAvroRecord happened, DateTimeOffset at)
    {
        var key = Encoding.UTF8.GetBytes(sku);
        var cause = CommandEnvelope.Read(new Headers { { HeaderNames.Id, Guid.CreateVersion7().ToByteArray() } });
        return new()
        {
            Key = RecordKeys.Event(key, sequence),
            Value = _format.Encode(happened),
            Headers = headers.OfEvent(cause, key, happened.AvroSchema.FullName, Guid.CreateVersion7(), at, sequence, traceParent: null),
        };
    }

    private Dictionary<TopicPartition, long> Ends()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _bootstrapServers, GroupId = "unused" }).Build();
        return _topics.All.ToDictionary(of => of, of => consumer.QueryWatermarkOffsets(of, TimeSpan.FromSeconds(30)).High.Value);
    }

    private IProducer<byte[], byte[]> Producer() => new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = _bootstrapServers,
        EnableIdempotence = true,
        EnableDeliveryReports = false,
        LingerMs = 20,
        BatchNumMessages = 10_000,
    }).Build();

    private static void Send(IProducer<byte[], byte[]> producer, TopicPartition to, Message<byte[], byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(to, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> cause) when (cause.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
