using System.Diagnostics;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>
/// kill -9 of a broker that has decided to commit a transaction and is writing its markers: partition by partition, so the moment is seen from
/// outside, by the logs that have grown and those that have not.
/// </summary>
public sealed class KillBetweenMarkersTests : IDisposable
{
    private const int Partitions = 600;     // So many that writing the markers takes a while.
    private const int Wanted = 1;
    private const int AttemptsMax = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new("markers");
    private readonly string _topic = SomeNames.Name("markers");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_commit_is_completed_in_every_partition_once()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var port = FreePorts.One();
        var broker = await BrokerProcess.StartAsync(_folder.Path, port);
        await NewTopic.CreateAsync(broker.BootstrapServers, _topic, Partitions);
        using var group = Clients.Consumer(broker.BootstrapServers, group: SomeNames.Name("group"));
        using var producer = Clients.Transactional(broker.BootstrapServers, SomeNames.Name("id"), timeoutMs: 120_000);
        producer.InitTransactions(Clients.Deadline);

        var committed = 0;
        for (var caught = 0; caught < Wanted;)
        {
            committed.ShouldBeLessThan(AttemptsMax, $"Only {caught} kills fell between two markers (seed {seed}).");
            Write(producer, group, committed);
            var logs = Directory.GetFiles(_folder.Path, "*.log", SearchOption.AllDirectories).Where(log => log.Contains(_topic, StringComparison.Ordinal)).ToList();
            var before = logs.ToDictionary(log => log, LengthOf);
            var committing = Task.Run(() => Commit(producer));
            AwaitGrowth(logs[random.Next(logs.Count)], before);
            await broker.KillAsync();
            var marked = logs.Count(log => LengthOf(log) > before[log]);
            caught += marked > 0 && marked < Partitions ? 1 : 0;

            await broker.DisposeAsync();
            broker = await BrokerProcess.StartAsync(_folder.Path, port);
            await committing;
            committed++;
            Expect(broker.BootstrapServers, group, committed, $"{marked} of {Partitions} markers were written at the kill (seed {seed})");
        }

        await broker.DisposeAsync();
    }

    private void Write(IProducer<string, string> producer, IConsumer<string, string> group, int number)
    {
        producer.BeginTransaction();
        for (var partition = 0; partition < Partitions; partition++)
            producer.Produce(new TopicPartition(_topic, partition), Clients.Message($"{number}"));
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(_topic, 0, number + 1)], group.ConsumerGroupMetadata, Clients.Deadline);
        producer.Flush(Clients.Deadline);
    }

    private static void Commit(IProducer<string, string> producer)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                producer.CommitTransaction(Clients.Deadline);
                return;
            }
            catch (KafkaRetriableException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                // The broker is away; the same call again until it says what became of it.
            }
        }
    }

    // Without a pause: the moment lasts some milliseconds.
    private static void AwaitGrowth(string log, Dictionary<string, long> before)
    {
        for (var started = Stopwatch.GetTimestamp(); LengthOf(log) == before[log];)
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience);
    }

    private void Expect(string bootstrapServers, IConsumer<string, string> group, int committed, string when)
    {
        using var consumer = Clients.Consumer(bootstrapServers);
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(_topic, partition, Offset.Beginning)));
        var values = Enumerable.Range(0, Partitions).ToDictionary(partition => partition, _ => new List<string>());
        using var late = new CancellationTokenSource(Patience);
        for (var ended = new HashSet<int>(); ended.Count < Partitions;)
        {
            var record = consumer.Consume(late.Token);
            if (record.IsPartitionEOF)
                ended.Add(record.Partition.Value);
            else
                values[record.Partition.Value].Add(record.Message.Value);
        }

        foreach (var (partition, found) in values)
            found.ShouldBe(Enumerable.Range(0, committed).Select(number => $"{number}"), $"partition {partition}: {when}");
        group.Committed([new TopicPartition(_topic, 0)], Patience)[0].Offset.Value.ShouldBe(committed, when);
    }

    private static long LengthOf(string log) => new FileInfo(log).Length;
}
