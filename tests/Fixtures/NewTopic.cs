using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Streaming.Fixtures;

/// <summary>Creates topics, and returns once brokers know them: Apache Kafka's controller answers before they have heard of them.</summary>
public static class NewTopic
{
    /// <summary>The cluster's default replication; <paramref name="configs"/> as Kafka names them.</summary>
    /// <exception cref="TimeoutException">Brokers do not know it within half a minute.</exception>
    public static async Task CreateAsync(string bootstrapServers, string name, int partitions = 1, Dictionary<string, string>? configs = null)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler((_, _) => { }).Build();
        await CreateAsync(admin, new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = -1, Configs = configs ?? [] });
    }

    /// <inheritdoc cref="CreateAsync(string, string, int, Dictionary{string, string})"/>
    public static async Task CreateAsync(IAdminClient admin, TopicSpecification topic)
    {
        await admin.CreateTopicsAsync([topic]);
        await Eventually.Async(
            () => admin.GetMetadata(topic.Name, Eventually.DefaultDeadline).Topics.TrueForAll(known => !known.Error.IsError), $"brokers know {topic.Name}");
    }
}
