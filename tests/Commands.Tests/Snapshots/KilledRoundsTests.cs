using System.Text;
using Confluent.Kafka;
using Streaming.Commands.Records;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Tests.Running;
using Streaming.Commands.Writing;
using Streaming.Contexts.Inventory;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Serdes.Registry;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests.Snapshots;

/// <summary>The real host, killed in the middle of its rounds: whatever it leaves, its successor restores what the log says.</summary>
public sealed class KilledRoundsTests(KafkaFixture kafka, RegistryFixture registry) : IClassFixture<RegistryFixture>, IDisposable
{
    private const int Kills = 8;
    private const int Skus = 240;
    private const int CommandsPerLife = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _prefix = SomeNames.Prefix();
    private readonly SchemaRegistryClient _registry = new(registry.Url);
    private readonly IProducer<byte[], byte[]> _producer =
        new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 1 }).Build();

    private RecordFormat Format => field ??= new RecordFormat(_registry, Contracts.AvroRecords.All);

    private ContextTopics Topics => TopicCatalogue.Inventory.WithPrefix(_prefix);

    [Fact]
    public async Task A_host_that_is_killed_in_a_round_leaves_what_its_successor_can_believe()
    {
        await using var host = new HostProcess("Streaming.CommandHost", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = _prefix,
            ["Commands__Roles__Api"] = "false",
            ["Commands__Roles__Fulfilment"] = "false",
            ["Commands__Processor__SnapshotEveryEvents"] = "20",
            ["Commands__Processor__SnapshotsPerTransactionMax"] = "1",
            ["Commands__Processor__BatchRecordsMax"] = "10",
            ["Commands__Processor__TransactionTimeoutMs"] = "2000",
        });
        await host.StartReadyAsync(Patience);
        await SendAsync(0, Skus, sku => Register(sku));

        var inRounds = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await SendAsync(Skus + (kill * CommandsPerLife), CommandsPerLife, sku => Receive(sku));
            var rounds = OpenRounds();
            await Eventually.Async(() => OpenRounds() is var now && now > 0 && now != rounds, Patience, $"a round is under way\n{host.Output}");
            await host.KillAsync();
            inRounds += OpenRounds() > 0 ? 1 : 0;
            foreach (var partition in Enumerable.Range(0, Topics.PartitionCount))
            {
                AssertWhole(partition, $"kill {kill}, partition {partition}");
                Restore(partition, InventoryContext.Definition).Content.ShouldBe(
                    Restore(partition, Installation.CatalogueWithoutSnapshots).Content, ignoreOrder: true, $"kill {kill}, partition {partition}");
            }
            host.Start();
        }

        inRounds.ShouldBeGreaterThanOrEqualTo(Kills / 2);
        const int Sent = Skus + (Kills * CommandsPerLife);
        await Eventually.Async(() => Read(Topics.Events).Count == Sent, Patience, $"all {Sent} commands are decided\n{host.Output}");
        await host.StopAsync();
        var verified = await new Streamctl(new Dictionary<string, string>
        {
            ["KAFKA_BOOTSTRAP"] = kafka.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = registry.Url, ["TOPICS_PREFIX"] = _prefix,
        }).RunAsync("verify", "snapshots", "--context", "inventory");
        verified.ExitCode.ShouldBe(0, verified.ToString());
        verified.Output.ShouldMatch($@"inventory +│? *{Sent}", verified.ToString());
    }

    public void Dispose()
    {
        _producer.Dispose();
        _registry.Dispose();
    }

    // The newest checkpoint speaks of whole rounds alone: whatever happened before the offset it names is in a snapshot that was there before it.
    private void AssertWhole(int partition, string when)
    {
        var snapshots = Read(Topics.Snapshots).Where(record => record.Partition.Value == partition).ToList();
        var last = snapshots.FindLastIndex(IsCheckpoint);
        if (last < 0)
            return;
        var checkpoint = (SnapshotCheckpoint)Format.Decode(snapshots[last].Message.Value);
        var covered = new Dictionary<string, long>();
        foreach (var snapshot in snapshots.Take(last).Where(record => !IsCheckpoint(record)))
            covered[Text(snapshot.Message.Key)] = long.Parse(Text(snapshot.Message.Headers.GetLastBytes(HeaderNames.Sequence)));
        foreach (var record in Read(Topics.Events).Where(record => record.Partition.Value == partition && record.Offset.Value < checkpoint.NextOffset))
        {
            RecordKeys.TryReadEvent(record.Message.Key, out var id, out var sequence).ShouldBeTrue();
            covered.GetValueOrDefault(RecordKeys.Text(id)).ShouldBeGreaterThanOrEqualTo(sequence, $"{when}: {Text(record.Message.Key)}");
        }
    }

    private Restored Restore(int partition, CommandContext<InventoryCommand, InventoryEvent, Domain.Inventory.StockLevel> context) =>
        Restored.From(kafka.BootstrapServers, context, _prefix, Format, partition);

    // Snapshots that no checkpoint follows.
    private int OpenRounds() => Read(Topics.Snapshots).GroupBy(record => record.Partition.Value)
        .Sum(partition => partition.Reverse().TakeWhile(record => !IsCheckpoint(record)).Count());

    private async Task SendAsync(int from, int count, Func<string, InventoryCommand> command) => await Task.WhenAll(Enumerable.Range(from, count).Select(i =>
    {
        var asked = command($"S{i % Skus}");
        return _producer.ProduceAsync(
            new TopicPartition(Topics.Commands.Name, Murmur2.Partition(asked.Sku.Value, Topics.PartitionCount)),
            new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(asked.Sku.Value),
                Value = Format.Encode((Avro.IAvroRecord)asked),
                Headers = new Headers { { HeaderNames.Id, Encoding.UTF8.GetBytes($"c-{i}") } },
            });
    }));

    private List<ConsumeResult<byte[], byte[]>> Read(TopicDefinition topic) => CommittedRecords.Of(kafka.BootstrapServers, topic);

    private static bool IsCheckpoint(ConsumeResult<byte[], byte[]> record) => Text(record.Message.Key) == SnapshotKeys.Checkpoint;

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
