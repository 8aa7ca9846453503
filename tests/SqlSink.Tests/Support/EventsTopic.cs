using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>An installation's events topic, to be compacted at once, and looked at as it is.</summary>
internal sealed class EventsTopic(Installation installation)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Keys of what a partition holds: events, or tombstones.</summary>
    public List<string> Keys(int partition, bool ofTombstones = false)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]?>(new ConsumerConfig
        {
            BootstrapServers = installation.BootstrapServers, GroupId = "unused", EnablePartitionEof = true, EnableAutoCommit = false, FetchWaitMaxMs = 10,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(installation.Log.Topic, partition, 0));
        var keys = new List<string>();
        while (true)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(10)) ?? throw new TimeoutException("The events cannot be read.");
            if (record.IsPartitionEOF)
                return keys;
            if (record.Message.Value is null == ofTombstones)
                keys.Add(Encoding.UTF8.GetString(record.Message.Key));
        }
    }

    /// <summary>Compacts what there is, and only that: afterwards the topic is as the catalogue asks for again.</summary>
    /// <param name="filler">Of the partition: a segment is closed only by an append that comes when it is old enough.</param>
    public async Task CompactAsync(ProductHistory filler, Func<bool> isDone, string what)
    {
        await ConfigureAsync(("segment.ms", "100"), ("min.cleanable.dirty.ratio", "0"), ("delete.retention.ms", "0"), ("min.compaction.lag.ms", "0"));
        await Eventually.Async(async () =>
        {
            await installation.Log.AppendAsync(filler.Events.Count, filler.Receive(1, "2022-06-01"));
            return isDone();
        }, Patience, what);
        await ConfigureAsync(
            ("segment.ms", "604800000"), ("min.cleanable.dirty.ratio", "0.5"), ("delete.retention.ms", "86400000"),
            ("min.compaction.lag.ms", TopicCatalogue.Inventory.Events.Settings["min.compaction.lag.ms"]));
    }

    private async Task ConfigureAsync(params (string Name, string Value)[] settings)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = installation.BootstrapServers }).Build();
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = installation.Log.Topic }] =
                [.. settings.Select(setting => new ConfigEntry { Name = setting.Name, Value = setting.Value, IncrementalOperation = AlterConfigOpType.Set })],
        });
    }
}
