using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>Compacted topics: of each key the newest record stays, at its offset; everything a consumer relies on stays true.</summary>
public abstract class CompactionSuite(KafkaFixture kafka)
{
    // A cluster looks for something to compact every 15 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _topic = SomeNames.Name("compaction");

    [ConformanceFact]
    public async Task Of_each_key_the_newest_record_stays_whatever_the_codec()
    {
        await CreateTopicAsync(deleteRetentionMs: 3_600_000);
        foreach (var codec in Enum.GetValues<CompressionType>())
            Produce(codec, Enumerable.Range(0, 40).Select(i => ($"key {i % 4}", (string?)$"{codec} {i}")));
        Produce(CompressionType.Zstd, [("key 3", null), ("alone", "stays")]);
        var before = Clients.ReadRecords(kafka.BootstrapServers, _topic);
        await CompactedUntilAsync(records => records.Count(IsData) == 5, "five keys are left");

        var after = Clients.ReadRecords(kafka.BootstrapServers, _topic).Where(IsData).ToList();
        after.Select(record => (record.Message.Key, record.Message.Value)).ShouldBe(
            [("key 0", "Zstd 36"), ("key 1", "Zstd 37"), ("key 2", "Zstd 38"), ("key 3", null!), ("alone", "stays")]);
        foreach (var record in after)
            before.ShouldContain(old => old.Offset == record.Offset && old.Message.Value == record.Message.Value && old.Message.Timestamp == record.Message.Timestamp);
        ExpectHolesToBePassed(after);
        using var consumer = Clients.Consumer(kafka.BootstrapServers);
        consumer.QueryWatermarkOffsets(new TopicPartition(_topic, 0), Clients.Deadline).Low.Value.ShouldBe(0);
    }

    [ConformanceFact]
    public async Task Tombstones_and_what_was_aborted_go_and_the_producers_go_on()
    {
        await CreateTopicAsync(deleteRetentionMs: 1);
        using var transactional = Clients.Transactional(kafka.BootstrapServers, SomeNames.Name("id"));
        transactional.InitTransactions(Clients.Deadline);
        Run("kept", "first", isCommit: true);
        Run("kept", "aborted", isCommit: false);
        Run("gone", "value", isCommit: true);
        Produce(CompressionType.None, [("gone", null)]);
        await CompactedUntilAsync(records => !records.Any(record => record.Message.Key == "gone" || record.Message.Value == "aborted"), "the tombstone is gone too");

        Clients.ReadRecords(kafka.BootstrapServers, _topic).Single(IsData).Message.Value.ShouldBe("first");
        Run("kept", "second", isCommit: true);
        // A cluster writes its markers after it has answered the commit.
        await Eventually.Async(
            () => Clients.ReadRecords(kafka.BootstrapServers, _topic).Last(IsData).Message.Value == "second", Clients.Deadline, "the producer goes on");

        void Run(string key, string value, bool isCommit)
        {
            transactional.BeginTransaction();
            transactional.Produce(_topic, Clients.Message(value, key));
            if (isCommit)
                transactional.CommitTransaction(Clients.Deadline);
            else
                transactional.AbortTransaction(Clients.Deadline);
        }
    }

    private Task<string> CreateTopicAsync(long deleteRetentionMs) => kafka.CreateTopicAsync(_topic, configs: new()
    {
        ["cleanup.policy"] = "compact",
        ["segment.ms"] = "100",
        ["min.cleanable.dirty.ratio"] = "0.01",
        ["delete.retention.ms"] = $"{deleteRetentionMs}",
    });

    private void Produce(CompressionType codec, IEnumerable<(string Key, string? Value)> records)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            CompressionType = codec,
            EnableIdempotence = true,
            LingerMs = 100,
        }).SetLogHandler(Clients.Silent).Build();
        foreach (var (key, value) in records)
            producer.Produce(_topic, Clients.Message(value!, key));
        producer.Flush(Clients.Deadline);
    }

    // A segment is closed by an append that comes when it is old enough, and the newest one is never compacted.
    private Task CompactedUntilAsync(Func<List<ConsumeResult<string, string>>, bool> isDone, string what)
    {
        var fillers = 0;
        return Eventually.Async(
            () =>
            {
                Produce(CompressionType.None, [("filler", $"{fillers++}")]);
                return isDone(Clients.ReadRecords(kafka.BootstrapServers, _topic, isolation: IsolationLevel.ReadUncommitted));
            },
            Patience, what);
    }

    private void ExpectHolesToBePassed(List<ConsumeResult<string, string>> left)
    {
        using var consumer = Clients.Consumer(kafka.BootstrapServers);
        using var deadline = new CancellationTokenSource(Clients.Deadline);
        foreach (var record in left.Where(record => record.Offset.Value > 0))
        {
            consumer.Assign(new TopicPartitionOffset(_topic, 0, record.Offset - 1));
            var read = consumer.Consume(deadline.Token);
            while (read.IsPartitionEOF)
                read = consumer.Consume(deadline.Token);
            read.Offset.Value.ShouldBeLessThanOrEqualTo(record.Offset.Value);
            left.ShouldContain(one => one.Offset == read.Offset);
        }
    }

    private static bool IsData(ConsumeResult<string, string> record) => record.Message.Key != "filler";
}

public sealed class EmbeddedCompactionTests(EmbeddedKafkaFixture kafka) : CompactionSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealCompactionTests(RealKafkaFixture kafka) : CompactionSuite(kafka), IClassFixture<RealKafkaFixture>;
