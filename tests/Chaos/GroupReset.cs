using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.Chaos;

/// <summary>Sets every command group back to the beginning, as an operator does by mistake, and lets the hosts go through all commands again.</summary>
internal sealed class GroupReset(Stage stage, Action<string> say)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    public async Task ToEarliestAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(stage.Hosts.Select(host => host.StopAsync()));
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = stage.BootstrapServers }).Build();
        foreach (var context in LogCheck.Contexts)
            await ResetAsync(admin, context);
        foreach (var host in stage.Hosts)
            host.Start();
        await stage.AllReadyAsync();
        foreach (var context in LogCheck.Contexts)
            await Eventually.Async(async () => await LagAsync(admin, context) == 0, Deadline, $"the commands of {context} are gone through again");
        say("every command group was reset to earliest and has gone through all commands again");
    }

    private static async Task ResetAsync(IAdminClient admin, string context) => await admin.AlterConsumerGroupOffsetsAsync(
        [new ConsumerGroupTopicPartitionOffsets(Group(context), [.. Partitions(context).Select(partition => new TopicPartitionOffset(partition, 0))])]);

    private static async Task<long> LagAsync(IAdminClient admin, string context)
    {
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(Group(context), [.. Partitions(context)])]))[0].Partitions;
        var ends = (await admin.ListOffsetsAsync(Partitions(context).Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() })))
            .ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
        // Commands written in a transaction leave its marker behind them, which no consumer sees: one offset may stay.
        return committed.Sum(offset => Math.Max(0, ends[offset.TopicPartition] - Math.Max(0, offset.Offset.Value) - 1));
    }

    private static string Group(string context) => $"{context}.command-processor";

    private static IEnumerable<TopicPartition> Partitions(string context) =>
        Enumerable.Range(0, LogCheck.PartitionCount).Select(partition => new TopicPartition($"{context}.commands", partition));
}
