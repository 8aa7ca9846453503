using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.Chaos;

/// <summary>The consumer group that decides a context's commands, as an operator sees it. It can be reset while no host runs.</summary>
public sealed class CommandGroup(Stage stage, string context)
{
    private const int LookedAtMax = 100;
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(60);

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

    /// <summary>How many commands are not yet decided; about as many, where there are more than a few.</summary>
    public async Task<long> LagAsync()
    {
        using var admin = Admin();
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(_name, [.. Partitions])]))[0].Partitions;
        var ends = (await admin.ListOffsetsAsync(Partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() })))
            .ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
        var behind = committed.Sum(offset => ends[offset.TopicPartition] - Math.Max(0, offset.Offset.Value));
        return behind is 0 or > LookedAtMax ? behind : CountVisible([.. committed.Select(offset => new TopicPartitionOffset(offset.TopicPartition, Math.Max(0, offset.Offset.Value)))]);
    }

    // Commands written in a transaction leave its marker behind them, and aborted ones themselves as well: no consumer sees either, so that
    // what is between two offsets is not what is left to do.
    private long CountVisible(IReadOnlyList<TopicPartitionOffset> starts)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = stage.BootstrapServers,
            GroupId = SomeNames.Name("lag"),
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AllowAutoCreateTopics = false,
        }).Build();
        consumer.Assign(starts);
        var count = 0L;
        for (var ended = 0; ended < starts.Count;)
        {
            var result = consumer.Consume(ReadDeadline) ?? throw new TimeoutException($"{_topic} was not read to its end within {ReadDeadline.TotalSeconds:0} s.");
            if (result.IsPartitionEOF)
                ended++;
            else
                count++;
        }

        return count;
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = stage.BootstrapServers }).Build();
}
