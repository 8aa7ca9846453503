using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.Chaos;

/// <summary>The consumer group that decides a context's commands, as an operator sees it. It can be reset while no host runs.</summary>
public sealed class CommandGroup(Stage stage, string context)
{
    private readonly string _name = $"{stage.Prefix}{context}.command-processor";
    private readonly string _topic = $"{stage.Prefix}{context}.commands";

    private IEnumerable<TopicPartition> Partitions => Enumerable.Range(0, LogCheck.PartitionCount).Select(partition => new TopicPartition(_topic, partition));

    /// <summary>By the admin API.</summary>
    public async Task ResetToEarliestAsync()
    {
        using var admin = Admin();
        // Not zero: Kafka has no record there any more once a topic is older than its retention.
        var starts = await admin.ListOffsetsAsync(Partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Earliest() }));
        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(
            _name, [.. starts.ResultInfos.Select(start => start.TopicPartitionOffsetError).Select(start => new TopicPartitionOffset(start.TopicPartition, start.Offset))])]);
    }

    /// <summary>By Kafka's own tool. Only where <see cref="RealServer.KafkaTools"/> is.</summary>
    public Task ResetToEarliestByToolAsync() => RealServers.KafkaToolAsync(
        "groups", "--bootstrap-server", stage.BootstrapServers, "--group", _name, "--topic", _topic, "--reset-offsets", "--to-earliest", "--execute");

    /// <summary>How many commands are not yet decided.</summary>
    public async Task<long> LagAsync()
    {
        using var admin = Admin();
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(_name, [.. Partitions])]))[0].Partitions;
        var ends = (await admin.ListOffsetsAsync(Partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() })))
            .ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
        // Commands written in a transaction leave its marker behind them, which no consumer sees: one offset may stay.
        return committed.Sum(offset => Math.Max(0, ends[offset.TopicPartition] - Math.Max(0, offset.Offset.Value) - 1));
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = stage.BootstrapServers }).Build();
}
