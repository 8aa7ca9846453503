using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Avro;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Client;

/// <summary>Commands to the contexts of one installation: one Kafka producer for all of them, and for each that is asked a reader of its results.</summary>
/// <example>
/// <code>
/// await using var client = new CommandClient(new() { BootstrapServers = "127.0.0.1:9092", SchemaRegistry = { Url = "http://127.0.0.1:8081" } });
/// var inventory = client.For(TopicCatalogue.Inventory);
/// var result = await inventory.AskAsync("XYZ-1", "till-7/receipt-4711", new SellStock(new("XYZ-1"), 2, null, null, null));
/// </code>
/// </example>
public sealed class CommandClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ContextClient> _contexts = new();
    private readonly CommandClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly ISchemaRegistry _registry;
    private readonly SchemaRegistryClient? _ownRegistry;
    private readonly AvroSerializer<IAvroRecord> _serializer;

    /// <param name="registry">One that is shared; null: a client of its own, as the options say.</param>
    /// <param name="loggers">Null: troubles are not logged, only thrown.</param>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public CommandClient(CommandClientOptions options, ISchemaRegistry? registry = null, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _options = options;
        _time = time ?? TimeProvider.System;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CommandClient>();
        if (registry is null)
        {
            Validator.ValidateObject(options.SchemaRegistry, new ValidationContext(options.SchemaRegistry), validateAllProperties: true);
            registry = _ownRegistry = new SchemaRegistryClient(options.SchemaRegistry);
        }

        _registry = registry;
        _serializer = new AvroSerializer<IAvroRecord>(registry, new() { AutoRegisterSchemas = options.AutoRegisterSchemas });
        _producer = Producer(options);
    }

    /// <summary>The client of a context, the same at each call.</summary>
    /// <param name="context">From the catalogue, or <c>TopicCatalogue.Of("shipping")</c>; without the installation's prefix.</param>
    public ContextClient For(ContextTopics context) => _contexts.GetOrAdd(
        context.Context, _ => new ContextClient(context, _options, _producer, _serializer, _registry, _time, _logger));

    /// <summary>Answers who waits with null, sends what was given, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_contexts.Values.Select(context => context.DisposeAsync().AsTask()));
        _producer.Flush(_options.ConfirmationMax);
        _producer.Dispose();
        _ownRegistry?.Dispose();
    }

    private IProducer<byte[], byte[]> Producer(CommandClientOptions options) => new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig(options.ToClientConfig())
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 0,               // Each caller waits for its own command.
            DeliveryReportFields = "status",    // The sender has the record; handing its headers back costs as much as sending them.
            MessageTimeoutMs = (int)options.ConfirmationMax.TotalMilliseconds,
        })
        .SetLogHandler((_, message) => _logger.ClientTroubled("commands", message.Message))
        .SetErrorHandler((_, error) => _logger.ClientTroubled("commands", error.Reason))
        .Build();
}
