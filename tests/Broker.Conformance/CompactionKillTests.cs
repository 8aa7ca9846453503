using System.Collections.Concurrent;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>kill -9 of a broker that compacts under load: of each key the newest acknowledged value is there.</summary>
public sealed class CompactionKillTests : IDisposable
{
    private const int Keys = 50;
    private const int CompactionIntervalMs = 20;
    private readonly TempFolder _folder = new("compaction-kill");
    private readonly string _topic = SomeNames.Name("compaction-kill");
    private readonly ConcurrentDictionary<string, int> _acknowledged = [];
    private int _acknowledgedCount;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_newest_acknowledged_value_of_each_key_survives()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var port = FreePorts.One();
        var broker = await StartAsync(port);
        await NewTopic.CreateAsync(broker.BootstrapServers, _topic, configs: new()
        {
            ["cleanup.policy"] = "compact", ["segment.bytes"] = "500000", ["min.cleanable.dirty.ratio"] = "0.01",
        });
        using var stop = new CancellationTokenSource();
        var producing = Task.Run(() => ProduceUntil(broker.BootstrapServers, stop.Token));
        for (var round = 1; round <= 3; round++)
        {
            var enough = Volatile.Read(ref _acknowledgedCount) + 5_000 + random.Next(20_000);
            await Eventually.Async(
                () => Volatile.Read(ref _acknowledgedCount) >= enough, TimeSpan.FromSeconds(60), $"round {round}: {enough} records are acknowledged (seed {seed})");
            await broker.KillAsync();
            await broker.DisposeAsync();
            broker = await StartAsync(port);
        }

        await stop.CancelAsync();
        await producing;
        Expect(Clients.ReadRecords(broker.BootstrapServers, _topic), seed);
        await broker.DisposeAsync();
    }

    private void Expect(List<ConsumeResult<string, string>> read, int seed)
    {
        var newest = read.GroupBy(record => record.Message.Key).ToDictionary(key => key.Key, key => int.Parse(key.Last().Message.Value));
        foreach (var (key, value) in _acknowledged)
            newest[key].ShouldBeGreaterThanOrEqualTo(value, $"{key}, seed {seed}");
        read.Select(record => record.Offset.Value).ShouldBeInOrder();
        read.Count.ShouldBeLessThan(_acknowledgedCount, $"it was compacted (seed {seed})");
    }

    private void ProduceUntil(string bootstrapServers, CancellationToken stop)
    {
        using var producer = Clients.Idempotent(bootstrapServers);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                producer.Produce(_topic, Clients.Message($"{i}", $"key {i % Keys}"), Acknowledged);
            }
            catch (ProduceException<string, string> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                i--;
                producer.Poll(TimeSpan.FromMilliseconds(50));
            }
        }

        producer.Flush(TimeSpan.FromSeconds(60));
    }

    private void Acknowledged(DeliveryReport<string, string> report)
    {
        if (report.Error.Code != ErrorCode.NoError)
            return;
        _acknowledged[report.Message.Key] = int.Parse(report.Message.Value);
        Interlocked.Increment(ref _acknowledgedCount);
    }

    private Task<BrokerProcess> StartAsync(int port) => BrokerProcess.StartAsync(_folder.Path, port, CompactionIntervalMs);
}
