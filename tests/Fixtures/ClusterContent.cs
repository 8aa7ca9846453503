using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Streaming.Fixtures;

/// <summary>What a cluster holds of one installation, to be compared before and after: its topics with where they end, and its groups.</summary>
public static class ClusterContent
{
    public static async Task<List<string>> OfAsync(string bootstrapServers, string prefix)
    {
        var config = new ClientConfig { BootstrapServers = bootstrapServers };
        using var admin = new AdminClientBuilder(config).Build();
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig(config) { GroupId = "looks" }).Build();
        var content = new List<string>();
        foreach (var topic in admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Where(topic => topic.Topic.StartsWith(prefix, StringComparison.Ordinal)))
        {
            content.AddRange(topic.Partitions.Select(partition =>
                $"{topic.Topic}-{partition.PartitionId} ends at {consumer.QueryWatermarkOffsets(new(topic.Topic, partition.PartitionId), TimeSpan.FromSeconds(10)).High.Value}"));
        }

        var groups = await admin.ListConsumerGroupsAsync(new ListConsumerGroupsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        content.AddRange(groups.Valid.Where(group => group.GroupId.StartsWith(prefix, StringComparison.Ordinal)).Select(group => $"group {group.GroupId}"));
        content.Sort(StringComparer.Ordinal);
        return content;
    }
}
