using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>What goes in comes out, in order, from where it is asked.</summary>
public abstract class ProduceConsumeSuite(KafkaFixture kafka)
{
    private readonly string _topic = SomeNames.Name("produce");

    [ConformanceFact]
    public async Task Records_come_out_as_they_went_in()
    {
        await kafka.CreateTopicAsync(_topic);
        using var producer = Clients.Idempotent(kafka.BootstrapServers);
        var message = Clients.Message("value", "key");
        message.Headers = new Headers { { "trace", [1, 2, 3] }, { "empty", [] }, { "null", null } };
        message.Timestamp = new Timestamp(1_700_000_000_123, TimestampType.CreateTime);
        var report = await producer.ProduceAsync(_topic, message);
        report.Offset.Value.ShouldBe(0);

        var read = Clients.ReadRecords(kafka.BootstrapServers, _topic).ShouldHaveSingleItem();
        read.Message.Key.ShouldBe("key");
        read.Message.Value.ShouldBe("value");
        read.Message.Timestamp.UnixTimestampMs.ShouldBe(1_700_000_000_123);
        read.Message.Headers.Select(header => header.Key).ShouldBe(["trace", "empty", "null"]);
        read.Message.Headers[0].GetValueBytes().ShouldBe([1, 2, 3]);
    }

    [ConformanceFact]
    public async Task Order_is_kept_in_each_partition_under_load()
    {
        const int Count = 50_000;
        const int Partitions = 3;
        await kafka.CreateTopicAsync(_topic, Partitions);
        using var producer = Clients.Idempotent(kafka.BootstrapServers);
        for (var i = 0; i < Count; i++)
            Produce(producer, new TopicPartition(_topic, i % Partitions), i.ToString());
        producer.Flush(Clients.Deadline);
        for (var partition = 0; partition < Partitions; partition++)
            Clients.ReadAll(kafka.BootstrapServers, _topic, partition).ShouldBe(Enumerable.Range(0, Count).Where(i => i % Partitions == partition).Select(i => i.ToString()));
    }

    [ConformanceFact]
    public async Task Every_compression_passes_through()
    {
        await kafka.CreateTopicAsync(_topic);
        var values = new List<string>();
        foreach (var compression in Enum.GetValues<CompressionType>())
        {
            using var producer = new ProducerBuilder<Null, string>(
                new ProducerConfig { BootstrapServers = kafka.BootstrapServers, CompressionType = compression, EnableIdempotence = true }).Build();
            for (var i = 0; i < 100; i++)
            {
                values.Add($"{compression} {i} {new string('x', 100)}");
                producer.Produce(_topic, new Message<Null, string> { Value = values[^1] });
            }

            producer.Flush(Clients.Deadline);
        }

        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(values);
    }

    [ConformanceFact]
    public async Task A_consumer_waiting_at_the_end_gets_what_is_produced_then()
    {
        await kafka.CreateTopicAsync(_topic);
        using var consumer = Clients.Consumer(kafka.BootstrapServers);
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        using var deadline = new CancellationTokenSource(Clients.Deadline);
        consumer.Consume(deadline.Token).IsPartitionEOF.ShouldBeTrue();
        using var producer = Clients.Idempotent(kafka.BootstrapServers);
        await producer.ProduceAsync(_topic, Clients.Message("late"));
        consumer.Consume(deadline.Token).Message.Value.ShouldBe("late");
    }

    [ConformanceFact]
    public async Task Offsets_are_found_by_time_and_by_end()
    {
        await kafka.CreateTopicAsync(_topic);
        using var producer = Clients.Idempotent(kafka.BootstrapServers);
        for (var i = 0; i < 10; i++)
        {
            var message = Clients.Message(i.ToString());
            message.Timestamp = new Timestamp(1_700_000_000_000 + i * 1_000, TimestampType.CreateTime);
            await producer.ProduceAsync(_topic, message);
        }

        using var consumer = Clients.Consumer(kafka.BootstrapServers);
        OffsetAt(1_700_000_000_000).ShouldBe(0);
        OffsetAt(1_700_000_003_500).ShouldBe(4);
        OffsetAt(1_700_000_009_000).ShouldBe(9);
        OffsetAt(1_700_000_009_001).ShouldBe(Offset.End.Value);
        var ends = consumer.QueryWatermarkOffsets(new TopicPartition(_topic, 0), Clients.Deadline);
        (ends.Low.Value, ends.High.Value).ShouldBe((0, 10));

        long OffsetAt(long timestampMs) => consumer.OffsetsForTimes(
            [new TopicPartitionTimestamp(_topic, 0, new Timestamp(timestampMs, TimestampType.CreateTime))], Clients.Deadline)[0].Offset.Value;
    }

    [ConformanceFact]
    public async Task A_batch_above_the_topics_limit_is_refused_and_the_next_is_taken()
    {
        await kafka.CreateTopicAsync(_topic, configs: new() { ["max.message.bytes"] = "2000" });
        using var producer = Clients.Idempotent(kafka.BootstrapServers);
        var refused = await Should.ThrowAsync<ProduceException<string, string>>(() => producer.ProduceAsync(_topic, Clients.Message(new string('x', 5_000))));
        refused.Error.Code.ShouldBe(ErrorCode.MsgSizeTooLarge);
        (await producer.ProduceAsync(_topic, Clients.Message("small"))).Offset.Value.ShouldBe(0);
    }

    [ConformanceFact]
    public async Task Reading_beyond_the_end_is_out_of_range()
    {
        await kafka.CreateTopicAsync(_topic);
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = "unused", AutoOffsetReset = AutoOffsetReset.Error,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, 5));
        using var deadline = new CancellationTokenSource(Clients.Deadline);
        Should.Throw<ConsumeException>(() => consumer.Consume(deadline.Token)).Error.Code.ShouldBe(ErrorCode.Local_AutoOffsetReset);
    }

    [ConformanceFact]
    public async Task A_compacted_topic_refuses_records_without_a_key()
    {
        await kafka.CreateTopicAsync(_topic, configs: new() { ["cleanup.policy"] = "compact" });
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var refused = await Should.ThrowAsync<ProduceException<Null, string>>(() => producer.ProduceAsync(_topic, new Message<Null, string> { Value = "v" }));
        refused.Error.Code.ShouldBe(ErrorCode.InvalidRecord);
    }

    [ConformanceFact]
    public async Task A_refused_batch_names_the_records_at_fault()
    {
        await kafka.CreateTopicAsync(_topic, configs: new() { ["cleanup.policy"] = "compact" });
        using var producer = new ProducerBuilder<string?, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            LingerMs = 500,   // One batch of all.
        }).Build();
        // Before the leader is known, what comes first may be sent alone.
        await producer.ProduceAsync(new TopicPartition(_topic, 0), new Message<string?, string> { Key = "a", Value = "first" });
        // Two, because librdkafka takes the fault of a single record for that of its whole batch.
        string?[] keys = ["a", null, "c", null];
        var errors = new ErrorCode[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var index = i;
            producer.Produce(
                new TopicPartition(_topic, 0), new Message<string?, string> { Key = keys[i], Value = "v" }, report => errors[index] = report.Error.Code);
        }

        producer.Flush(Clients.Deadline).ShouldBe(0);
        errors.ShouldBe([ErrorCode.Local_InvalidDifferentRecord, ErrorCode.InvalidRecord, ErrorCode.Local_InvalidDifferentRecord, ErrorCode.InvalidRecord]);
        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["first"]);
    }

    // The local queue holds 100 000 records; a full one asks for patience.
    private static void Produce(IProducer<string, string> producer, TopicPartition partition, string value)
    {
        while (true)
        {
            try
            {
                producer.Produce(partition, Clients.Message(value));
                return;
            }
            catch (ProduceException<string, string> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}

public sealed class EmbeddedProduceConsumeTests(EmbeddedKafkaFixture kafka) : ProduceConsumeSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealProduceConsumeTests(RealKafkaFixture kafka) : ProduceConsumeSuite(kafka), IClassFixture<RealKafkaFixture>;
