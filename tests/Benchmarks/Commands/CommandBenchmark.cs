using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Benchmarks.Brokers;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Registry;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Benchmarks.Commands;

/// <summary>Commands that wait on the topic, decided by a real host: from the first committed result to the last.</summary>
internal static class CommandBenchmark
{
    private const int SkuCount = 1_000;
    private const int RoundCount = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int commandCount)
    {
        await using var embedded = await BrokerProcess.StartAsync();
        var brokers = new List<(string Name, string BootstrapServers)> { ("embedded broker", embedded.BootstrapServers) };
        if (RealServers.Has(RealServer.Kafka))
            brokers.Add(("Apache Kafka", await RealServers.KafkaAsync()));

        var rates = brokers.ToDictionary(broker => broker.Name, _ => new List<double>());
        for (var round = 0; round < RoundCount; round++)
        {
            foreach (var (name, bootstrapServers) in brokers)
                rates[name].Add(await MeasureAsync(bootstrapServers, commandCount));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{commandCount:N0} commands on {SkuCount} products, from the topic to the committed result; medians of {RoundCount}"));
        foreach (var (name, values) in rates)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-18} {Medians.Of(values),10:N0} commands/s   ({string.Join(", ", values.Select(value => value.ToString("N0", CultureInfo.InvariantCulture)))})"));
    }

    private static async Task<double> MeasureAsync(string bootstrapServers, int commandCount)
    {
        var prefix = SomeNames.Prefix();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = bootstrapServers, Topic = SomeNames.Name("_schemas") });
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = bootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = prefix,
        };

        // The host makes the topics, and is then away while the commands are written, so that it finds them all waiting.
        await using var host = new HostProcess("Streaming.CommandHost", settings);
        await host.StartReadyAsync(Deadline);
        await host.KillAsync();
        var topics = TopicCatalogue.Inventory.WithPrefix(prefix);
        await WriteCommandsAsync(bootstrapServers, registry.Url, topics, commandCount);
        host.Start();
        return AwaitResults(bootstrapServers, topics, commandCount);
    }

    private static async Task WriteCommandsAsync(string bootstrapServers, string registryUrl, ContextTopics topics, int commandCount)
    {
        using var registry = new SchemaRegistryClient(registryUrl);
        var serializer = new AvroSerializer<IAvroRecord>(registry);
        var context = new SerializationContext(MessageComponentType.Value, topics.Commands.Name);
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, EnableIdempotence = true, LingerMs = 5, QueueBufferingMaxMessages = 2_000_000, EnableDeliveryReports = false,
        }).Build();

        for (var number = 0; number < commandCount; number++)
        {
            var sku = new Sku($"SKU-{number % SkuCount}");
            InventoryCommand command = number < SkuCount
                ? new RegisterProduct(sku, "A product to measure with", null, null, null)
                : new ReceiveStock(sku, 1, "measured", null, null);
            var value = await serializer.SerializeAsync((IAvroRecord)command, context);
            producer.Produce(new TopicPartition(topics.Commands.Name, Murmur2.Partition(sku.Value, topics.PartitionCount)), new Message<string, byte[]>
            {
                Key = sku.Value,
                Value = value,
                Headers = new Headers
                {
                    { HeaderNames.Id, Encoding.UTF8.GetBytes($"c-{number}") },
                    { HeaderNames.Type, Encoding.UTF8.GetBytes(((IAvroRecord)command).AvroSchema.FullName) },
                },
            });
        }

        producer.Flush(Deadline);
    }

    private static double AwaitResults(string bootstrapServers, ContextTopics topics, int commandCount)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = topics.Results.Name + "-bench", EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted, FetchWaitMaxMs = 20, ConsumeResultFields = "none",
        }).Build();
        consumer.Assign(Enumerable.Range(0, topics.PartitionCount).Select(partition => new TopicPartitionOffset(topics.Results.Name, partition, Offset.Beginning)));

        var started = 0L;
        var before = 0;
        for (var received = 0; received < commandCount; received++)
        {
            if (consumer.Consume(Deadline) is null)
                throw new TimeoutException($"Result {received} of {commandCount} did not come.");

            // The first tenth warms the new process up: code is compiled, partitions are taken over one after another.
            if (received == commandCount / 10)
                (started, before) = (Stopwatch.GetTimestamp(), received);
        }

        return (commandCount - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
