using System.Text;
using Confluent.Kafka;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Reading;

/// <summary>Topics that sinks read from the start again and again are compacted ones.</summary>
public sealed class LogReaderTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private const int Values = 5;

    private readonly string _topic = SomeNames.Name("status");

    [Fact]
    public async Task A_log_that_begins_with_batches_of_which_nothing_is_left_is_read_as_often_as_one_likes()
    {
        // A value is larger than a segment, so that none is put together with what is left of those before.
        await kafka.CreateTopicAsync(_topic, configs: new() { ["cleanup.policy"] = "compact", ["segment.bytes"] = "1024", ["min.cleanable.dirty.ratio"] = "0.01" });
        for (var value = 1; value <= Values; value++)
            await WriteAsync($"{value}".PadLeft(2_048));
        using var reader = new LogReader(ConsumerSettings.OutsideGroups(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, "reader"));
        await Eventually.Async(async () => (await ReadAsync(reader)).Count <= 2, TimeSpan.FromSeconds(60), "all but the newest values are compacted away");

        // Each answer without a record makes librdkafka ask for twice as much, from 1 MB up to 1 GB; then it gives up.
        for (var time = 1; time <= 20; time++)
            (await ReadAsync(reader))[^1].TrimStart().ShouldBe($"{Values}");
    }

    // Of each producer's last batch the shell stays, for its sequence; so each value has a producer of its own.
    private async Task WriteAsync(string value)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 0 }).Build();
        await producer.ProduceAsync(_topic, new() { Key = "one key"u8.ToArray(), Value = Encoding.UTF8.GetBytes(value) });
    }

    private async Task<List<string>> ReadAsync(LogReader reader)
    {
        var (records, _) = await reader.ReadAsync(new TopicPartition(_topic, 0), fromOffset: 0, CancellationToken.None);
        return [.. records.Select(record => Encoding.UTF8.GetString(record.Message.Value!))];
    }
}
