using System.Collections.Concurrent;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>kill -9 of a broker under load: what was acknowledged is there, once, in order.</summary>
public sealed class KillTests : IDisposable
{
    private const int Partitions = 3;
    private readonly TempFolder _folder = new("kill");
    private readonly string _topic = SomeNames.Name("kill");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Acknowledged_records_survive_once_and_in_order()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var port = FreePorts.One();
        var broker = await BrokerProcess.StartAsync(_folder.Path, port);
        var bootstrapServers = broker.BootstrapServers;
        await NewTopic.CreateAsync(bootstrapServers, _topic, Partitions);
        var acknowledged = new ConcurrentQueue<(int Partition, long Offset, string Value)>();
        using var stop = new CancellationTokenSource();
        var producing = Task.Run(() => ProduceUntil(bootstrapServers, _topic, acknowledged, stop.Token));
        for (var round = 1; round <= 4; round++)
        {
            var enough = acknowledged.Count + 5_000 + random.Next(10_000);
            await Eventually.Async(() => acknowledged.Count >= enough, TimeSpan.FromSeconds(60), $"round {round}: {enough} records are acknowledged (seed {seed})");
            await broker.KillAsync();
            await broker.DisposeAsync();
            broker = await BrokerProcess.StartAsync(_folder.Path, port);
        }

        await stop.CancelAsync();
        await producing;
        ExpectAll(bootstrapServers, _topic, acknowledged, seed);
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_transaction_open_at_the_kill_is_finished_by_its_producer_after_it()
    {
        var port = FreePorts.One();
        var broker = await BrokerProcess.StartAsync(_folder.Path, port);
        await NewTopic.CreateAsync(broker.BootstrapServers, _topic, Partitions);
        using var producer = Clients.Transactional(broker.BootstrapServers, "survivor", timeoutMs: 60_000);
        producer.InitTransactions(Clients.Deadline);
        producer.BeginTransaction();
        await producer.ProduceAsync(new TopicPartition(_topic, 0), Clients.Message("before"));
        await broker.KillAsync();
        await broker.DisposeAsync();

        broker = await BrokerProcess.StartAsync(_folder.Path, port);
        await producer.ProduceAsync(new TopicPartition(_topic, 0), Clients.Message("after"));
        Clients.ReadAll(broker.BootstrapServers, _topic).ShouldBeEmpty();
        producer.CommitTransaction(Clients.Deadline);
        Clients.ReadAll(broker.BootstrapServers, _topic).ShouldBe(["before", "after"]);
        await broker.DisposeAsync();
    }

    private static void ProduceUntil(
        string bootstrapServers, string topic, ConcurrentQueue<(int Partition, long Offset, string Value)> acknowledged, CancellationToken stop)
    {
        using var producer = Clients.Idempotent(bootstrapServers);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                producer.Produce(new TopicPartition(topic, i % Partitions), Clients.Message($"{i}"), Acknowledged);
            }
            catch (ProduceException<string, string> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                i--;
                producer.Poll(TimeSpan.FromMilliseconds(50));
            }
        }

        producer.Flush(TimeSpan.FromSeconds(60));

        void Acknowledged(DeliveryReport<string, string> report)
        {
            if (report.Error.Code == ErrorCode.NoError)
                acknowledged.Enqueue((report.Partition.Value, report.Offset.Value, report.Message.Value));
        }
    }

    private static void ExpectAll(string bootstrapServers, string topic, IReadOnlyCollection<(int Partition, long Offset, string Value)> acknowledged, int seed)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            var read = Clients.ReadRecords(bootstrapServers, topic, partition);
            var values = read.Select(record => int.Parse(record.Message.Value)).ToList();
            values.SequenceEqual(values.Distinct().Order()).ShouldBeTrue($"partition {partition} has every record once and in order (seed {seed})");
            var byOffset = read.ToDictionary(record => record.Offset.Value, record => record.Message.Value);
            foreach (var (_, offset, value) in acknowledged.Where(record => record.Partition == partition && record.Offset >= 0))
                byOffset.GetValueOrDefault(offset).ShouldBe(value, $"{topic}-{partition}@{offset}, seed {seed}");
        }
    }
}
