using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Client.Tests.Running;
using Streaming.Commands;
using Streaming.Contexts.Inventory;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;

namespace Streaming.Client.Tests.Samples;

/// <summary>What people paste works: a command sent by another language's own client is decided, and its result is read.</summary>
public sealed class SampleTests(EmbeddedKafkaFixture kafka, EmbeddedRegistryFixture registry, SampleTests.Host host)
    : IClassFixture<EmbeddedKafkaFixture>, IClassFixture<EmbeddedRegistryFixture>, IClassFixture<SampleTests.Host>
{
    private static readonly ContextTopics Inventory = TopicCatalogue.Inventory;

    private readonly string _sku = SomeNames.Name("LAMP");

    private Dictionary<string, string> Environment => new()
    {
        ["KAFKA_BOOTSTRAP"] = kafka.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = registry.Url, ["TOPICS_PREFIX"] = host.Prefix,
    };

    [NeedsPython]
    [ConformanceFact]
    public Task Python_sends_a_command_and_reads_its_version() => AcceptedAsync(SampleLanguage.Python);

    [NeedsNode]
    [ConformanceFact]
    public Task Node_sends_a_command_and_reads_its_version() => AcceptedAsync(SampleLanguage.Node);

    [NeedsPython]
    [ConformanceFact]
    public Task Python_is_told_why_a_command_is_refused() => RefusedAsync(SampleLanguage.Python);

    [NeedsNode]
    [ConformanceFact]
    public Task Node_is_told_why_a_command_is_refused() => RefusedAsync(SampleLanguage.Node);

    [NeedsPython]
    [ConformanceFact]
    public async Task With_librdkafkas_own_partitioner_a_command_is_forwarded_decided_once_and_answered()
    {
        const string Misplaced = "LAMP-1";      // CRC-32 places it elsewhere than murmur2 does.
        (await RunAsync(SampleLanguage.Python, "RegisterProduct", Misplaced, $$"""{"sku": "{{Misplaced}}", "name": "Lamp"}""", "--partitioner", "consistent_random"))
            .Version.ShouldBe(1);

        var home = Murmur2.Partition(Misplaced, Inventory.PartitionCount);
        var commands = Read(Inventory.Commands).Where(record => record.Key == Misplaced).ToList();
        commands.Count.ShouldBe(2);
        commands.Count(record => record.Partition == home).ShouldBe(1);
        Read(Inventory.Events).Where(record => record.Key.StartsWith(Misplaced + "@", StringComparison.Ordinal)).ShouldHaveSingleItem().Partition.ShouldBe(home);
    }

    [NeedsPython]
    [ConformanceFact]
    public async Task Python_reads_the_events_of_a_context_and_goes_on_where_its_group_stopped()
    {
        await RegisterAsync(SampleLanguage.Python);
        await RunAsync(SampleLanguage.Python, "ReceiveStock", _sku, $$"""{"sku": "{{_sku}}", "quantity": 5, "reason": "größer ✓"}""");

        var group = SomeNames.Name("report");
        (await ReadAsync("inventory", "--group", group, "--end")).ShouldBe(["1 streaming.inventory.v2.ProductRegistered", "2 streaming.inventory.StockReceived"]);
        (await ReadAsync("inventory", "--group", group, "--end")).ShouldBeEmpty();
        (await ReadAsync("inventory", "--end")).Count.ShouldBe(2);

        async Task<List<string>> ReadAsync(params string[] arguments)
        {
            var ended = await SampleLanguage.PythonReader.RunAsync(Environment, arguments);
            ended.Code.ShouldBe(0, ended.Errors);
            return [.. ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.GetProperty("aggregate").GetString() == _sku)
                .Select(line => $"{line.GetProperty("sequence")} {line.GetProperty("type").GetString()}")];
        }
    }

    private async Task AcceptedAsync(SampleLanguage language)
    {
        (await RegisterAsync(language)).ShouldBe(new Answer("CommandAccepted", 1, null));
        string[] sale = ["ReceiveStock", _sku, $$"""{"sku": "{{_sku}}", "quantity": 5, "reason": "größer ✓"}""", "--id", "r-1", "--expected-version", "1"];
        (await RunAsync(language, sale)).ShouldBe(new Answer("CommandAccepted", 2, null));
        (await RunAsync(language, sale)).ShouldBe(new Answer("CommandAccepted", 2, null), "a repeat is answered by the first result");
    }

    private async Task RefusedAsync(SampleLanguage language)
    {
        await RegisterAsync(language);
        (await RunAsync(language, "SellStock", _sku, $$"""{"sku": "{{_sku}}", "quantity": 1}""")).ShouldBe(new Answer("CommandRefused", 1, "insufficient-stock"));
    }

    private Task<Answer> RegisterAsync(SampleLanguage language) =>
        RunAsync(language, "RegisterProduct", _sku, $$"""{"sku": "{{_sku}}", "name": "Lamp"}""");

    /// <param name="arguments">Command, SKU, fields, options.</param>
    private async Task<Answer> RunAsync(SampleLanguage language, params string[] arguments)
    {
        await host.OnAsync(kafka, registry);
        var ended = await language.RunAsync(Environment, ["inventory", arguments[1], arguments[0], .. arguments[2..], "--wait", "40"]);
        if (ended.Code > 1)
            throw new InvalidOperationException($"{language.Script} ended with {ended.Code}: {ended.Errors}");
        var answer = JsonSerializer.Deserialize<Answer>(ended.Output, JsonSerializerOptions.Web)!;
        ended.Code.ShouldBe(answer.Outcome == "CommandAccepted" ? 0 : 1);
        return answer;
    }

    private List<(string Key, int Partition)> Read(TopicDefinition topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = "unused", EnableAutoCommit = false, EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, topic.PartitionCount).Select(p => new TopicPartitionOffset(host.Prefix + topic.Name, p, Offset.Beginning)));
        var read = new List<(string, int)>();
        for (var ends = 0; ends < topic.PartitionCount;)
        {
            var record = consumer.Consume(Eventually.DefaultDeadline) ?? throw new TimeoutException($"{topic.Name} has no end.");
            if (record.IsPartitionEOF)
                ends++;
            else
                read.Add((Encoding.UTF8.GetString(record.Message.Key), record.Partition.Value));
        }

        return read;
    }

    private sealed record Answer(string Outcome, long Version, string? Code);

    /// <summary>Decides inventory's commands for all tests. On when it has decided one: the samples expect topics and schemas to be there.</summary>
    public sealed class Host : IAsyncDisposable
    {
        private readonly SemaphoreSlim _once = new(1, 1);
        private ProcessorHost? _running;

        public string Prefix { get; } = SomeNames.Prefix();

        internal async Task OnAsync(KafkaFixture kafka, RegistryFixture registry)
        {
            await _once.WaitAsync();
            try
            {
                _running ??= await StartAsync(kafka, registry);
            }
            finally
            {
                _once.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_running is not null)
                await _running.DisposeAsync();
            _once.Dispose();
        }

        private async Task<ProcessorHost> StartAsync(KafkaFixture kafka, RegistryFixture registry)
        {
            var started = await ProcessorHost.StartAsync(
                kafka.BootstrapServers, registry.Url, Prefix, services => services.AddCommandProcessor(InventoryContext.Definition));
            await using var client = new CommandClient(
                new() { BootstrapServers = kafka.BootstrapServers, SchemaRegistry = { Url = registry.Url }, TopicPrefix = Prefix });
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await client.For(Inventory).ReadyAsync(late.Token);
            (await client.For(Inventory).AskAsync("first", "first", new RegisterProduct(new("first"), "First", null, null, null), wait: TimeSpan.FromSeconds(60)))
                .ShouldBeOfType<CommandAccepted>();
            return started;
        }
    }
}
