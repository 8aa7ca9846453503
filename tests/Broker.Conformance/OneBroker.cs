using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>The one broker of a cluster, however many there are, that a test asks byte by byte, over a single connection.</summary>
/// <param name="Address"><c>host:port</c>.</param>
internal sealed record OneBroker(string Address, int Id)
{
    public static OneBroker Of(string bootstrapServers)
    {
        using var admin = Clients.Admin(bootstrapServers);
        var broker = admin.GetMetadata(Clients.Deadline).Brokers[0];
        return new OneBroker($"{broker.Host}:{broker.Port}", broker.BrokerId);
    }

    /// <summary>Creates a topic all of whose partitions it leads.</summary>
    public async Task<string> CreateTopicAsync(string name, int partitions = 1)
    {
        using var admin = Clients.Admin(Address);
        await NewTopic.CreateAsync(admin, new TopicSpecification
        {
            Name = name,
            NumPartitions = partitions,
            ReplicasAssignments = Enumerable.Range(0, partitions).ToDictionary(partition => partition, _ => new List<int> { Id }),
        });
        return name;
    }
}
