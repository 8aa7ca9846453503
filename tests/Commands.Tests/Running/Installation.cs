using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Avro;
using Streaming.Commands.Records;
using Streaming.Commands.Routing;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Tests.Restocking;
using Streaming.Contexts.Inventory;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Domain.Inventory;

namespace Streaming.Commands.Tests.Running;

/// <summary>An inventory of its own on a shared cluster: its topics, a client that sends commands, and a reader of what came of them.</summary>
internal sealed class Installation : IDisposable
{
    public const int Partitions = 2;

    private readonly IProducer<byte[], byte[]> _producer;

    public Installation(KafkaFixture kafka, string? prefix = null, MemoryRegistry? registry = null)
    {
        Kafka = kafka;
        Prefix = prefix ?? SomeNames.Prefix();
        Registry = registry ?? new MemoryRegistry();
        Format = new RecordFormat(Registry, AllRecords);
        Topics = Context.Topics.WithPrefix(Prefix);
        Restocking = RestockContext.Definition.Topics.WithPrefix(Prefix);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 1 }).Build();
    }

    public KafkaFixture Kafka { get; }

    public string Prefix { get; }

    public MemoryRegistry Registry { get; }

    internal RecordFormat Format { get; }

    /// <summary>Of inventory.</summary>
    public ContextTopics Topics { get; }

    /// <summary>Topics of the process manager that asks inventory.</summary>
    public ContextTopics Restocking { get; }

    /// <summary>Our contracts', and those of this test's process manager.</summary>
    public static IReadOnlyList<AvroRecordType> AllRecords { get; } = [.. Contracts.AvroRecords.All, .. AvroRecords.All];

    public static CommandContext<InventoryCommand, InventoryEvent, StockLevel> Context { get; } = Define(StockStates.Format, ClientsTime);

    public static CommandContext<InventoryCommand, InventoryEvent, StockLevel> WithoutSnapshots { get; } = Define(null, ClientsTime);

    /// <summary>On topics as the catalogue has them.</summary>
    public static CommandContext<InventoryCommand, InventoryEvent, StockLevel> OnCatalogueTopics { get; } = Define(StockStates.Format, topics => topics);

    /// <summary>The inventory that hosts have, as if it had no snapshots.</summary>
    public static CommandContext<InventoryCommand, InventoryEvent, StockLevel> CatalogueWithoutSnapshots { get; } =
        Define(null, _ => InventoryContext.Definition.Topics);

    private static CommandContext<InventoryCommand, InventoryEvent, StockLevel> Define(
        StateFormat<StockLevel>? snapshots, Func<ContextTopics, ContextTopics> adapt) => new()
    {
        Topics = adapt(TopicCatalogue.Of("inventory", Partitions)),
        Records = Contracts.AvroRecords.All,
        Decider = InventoryDecider.Instance,
        Snapshots = snapshots,
        IsClosed = stock => stock is { IsRegistered: true, OnHand: 0, Reserved: 0 },
        AggregateId = command => command.Sku.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };

    /// <summary>The same topics, seen by somebody who has read no schema yet.</summary>
    public Installation WithOwnFormat() => new(Kafka, Prefix, Registry);

    // Records keep the time that their sender gives them, so that a test can send a command from long ago.
    private static ContextTopics ClientsTime(ContextTopics topics) => topics with
    {
        Commands = topics.Commands with
        {
            Settings = topics.Commands.Settings.Where(setting => setting.Key != "message.timestamp.type").ToDictionary(),
        },
    };

    public RunningProcessor Start(Action<CommandProcessorOptions>? configure = null, TimeProvider? time = null) =>
        RunningProcessor.Start(this, configure, services => services.AddCommandProcessor(Context), time);

    /// <summary>A host that decides on topics as the catalogue has them.</summary>
    public RunningProcessor StartOnCatalogueTopics() =>
        RunningProcessor.Start(this, null, services => services.AddCommandProcessor(OnCatalogueTopics));

    /// <summary>A host that decides restockings, alone.</summary>
    public RunningProcessor StartRestocking(TimeProvider? time = null) =>
        RunningProcessor.Start(this, null, services => services.AddCommandProcessor(RestockContext.Definition), time);

    /// <summary>A host that routes to restockings, alone: what has come of a sale is restocked.</summary>
    public RunningProcessor StartRouter(Action<RouterOptions>? configure = null) => RunningProcessor.Start(this, null, services =>
    {
        services.AddProcessRouter(RestockContext.Definition, new EventRoute<RestockCommand>(Context.Topics, RestockContext.AfterSale));
        services.Configure<RouterOptions>(options => configure?.Invoke(options));
    });

    public static int PartitionOf(string sku) => Murmur2.Partition(sku, Partitions);

    /// <summary>Sends a command as any client would.</summary>
    public Task SendAsync(
        string commandId, InventoryCommand command, string? expectedVersion = null, int? partition = null, DateTimeOffset? recordedAt = null,
        string? replyTo = null)
    {
        var headers = new Headers { { HeaderNames.Id, Utf8(commandId) }, { HeaderNames.Actor, Utf8("somebody") } };
        if (replyTo is not null)
            headers.Add(HeaderNames.ReplyTo, Utf8(replyTo));
        if (expectedVersion is not null)
            headers.Add(HeaderNames.ExpectedVersion, Utf8(expectedVersion));
        return SendRawAsync(command.Sku.Value, Format.Encode((IAvroRecord)command), headers, partition, recordedAt);
    }

    /// <summary>Sends a restocking a command.</summary>
    public Task SendAsync(string commandId, RestockCommand command) => _producer.ProduceAsync(
        new TopicPartition(Restocking.Commands.Name, Murmur2.Partition(command.Id, Restocking.PartitionCount)),
        new Message<byte[], byte[]>
        {
            Key = Utf8(command.Id),
            Value = Format.Encode((IAvroRecord)command),
            Headers = new Headers { { HeaderNames.Id, Utf8(commandId) }, { HeaderNames.Actor, Utf8("somebody") }, { HeaderNames.Tenant, Utf8("shop-1") } },
        });

    /// <summary>Writes whatever somebody else might write.</summary>
    public Task ProduceAsync(string topic, int partition, Message<byte[], byte[]> message) => _producer.ProduceAsync(new TopicPartition(topic, partition), message);

    public async Task SendRawAsync(string key, byte[]? value, Headers headers, int? partition = null, DateTimeOffset? recordedAt = null)
    {
        var message = new Message<byte[], byte[]> { Key = Utf8(key), Value = value!, Headers = headers };
        if (recordedAt is { } at)
            message.Timestamp = new Timestamp(at);
        await _producer.ProduceAsync(new TopicPartition(Topics.Commands.Name, partition ?? PartitionOf(key)), message);
    }

    /// <summary>Writes a record as nobody should, to any topic of the installation.</summary>
    public Task WriteAsync(TopicDefinition topic, int partition, string? key, byte[]? value, Headers? headers = null) =>
        _producer.ProduceAsync(
            new TopicPartition(topic.Name, partition),
            new Message<byte[], byte[]> { Key = key is null ? null! : Utf8(key), Value = value!, Headers = headers ?? [] });

    /// <summary>All committed records of a topic, as they are.</summary>
    public Task<List<ConsumeResult<byte[], byte[]>>> RecordsAsync(TopicDefinition topic) => Task.Run(() => Read(topic, record => record));

    /// <summary>Waits until that many results are committed, then returns all there are.</summary>
    public async Task<List<Recorded<CommandResult>>> ResultsAsync(int count)
    {
        var results = new List<Recorded<CommandResult>>();
        await Eventually.Async(
            async () => (results = await ReadAsync<CommandResult>(Topics.Results)).Count >= count, TimeSpan.FromSeconds(60), $"{count} results");
        return results;
    }

    /// <summary>Waits until a topic holds that many committed records, then returns all there are.</summary>
    public async Task<List<Recorded<T>>> ReadAsync<T>(TopicDefinition topic, int count)
        where T : class
    {
        var records = new List<Recorded<T>>();
        await Eventually.Async(
            async () => (records = await ReadAsync<T>(topic)).Count >= count, TimeSpan.FromSeconds(60), $"{count} records on {topic.Name}");
        return records;
    }

    public Task<List<Recorded<InventoryEvent>>> EventsAsync() => ReadAsync<InventoryEvent>(Topics.Events);

    public void Dispose() => _producer.Dispose();

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>From start to end, committed records only.</summary>
    public Task<List<Recorded<T>>> ReadAsync<T>(TopicDefinition topic)
        where T : class => Task.Run(() => Read(topic, record => new Recorded<T>(record, (T)(object)Format.Decode(record.Message.Value))));

    private List<T> Read<T>(TopicDefinition topic, Func<ConsumeResult<byte[], byte[]>, T> read) =>
        CommittedRecords.Of(Kafka.BootstrapServers, topic).ConvertAll(record => read(record));
}

/// <summary>A record with what it says.</summary>
internal sealed record Recorded<T>(ConsumeResult<byte[], byte[]> Record, T Value)
{
    public string Key => Encoding.UTF8.GetString(Record.Message.Key);

    /// <summary>The value, to compare.</summary>
    public string Bytes => Convert.ToHexString(Record.Message.Value);

    public string? Header(string name) =>
        Record.Message.Headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
