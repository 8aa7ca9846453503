using Streaming.Contracts.Topics;

namespace Streaming.Hosting.Kafka;

/// <summary>Compares a topic as it is with the topic as it should be.</summary>
public static class TopicCheck
{
    /// <summary>What is wrong with the topic and what to do about it, or null.</summary>
    /// <param name="replicationFactor">Copies that are asked for; -1 takes what the cluster gave.</param>
    /// <param name="setting">A topic setting's present value by its name.</param>
    public static string? FirstMismatch(
        TopicDefinition definition, int partitionCount, int replicaCount, short replicationFactor, Func<string, string?> setting)
    {
        if (partitionCount != definition.PartitionCount)
            return $"Topic {definition.Name} has {partitionCount} partitions, the catalogue asks for {definition.PartitionCount}: keys would be placed wrongly. "
                + "Copy it into a topic with the right count, or point the host at another cluster or Topics:Prefix.";
        if (replicationFactor > 0 && replicaCount < replicationFactor)
            return $"Topic {definition.Name} has {replicaCount} copies, Topics:ReplicationFactor asks for {replicationFactor}. Add copies (kafka-reassign-partitions), or lower the setting.";

        foreach (var (name, wanted) in definition.Settings)
        {
            if (setting(name) is var present && present != wanted)
                return $"Topic {definition.Name} has {name}={present ?? "(none)"}, the catalogue asks for {wanted}. "
                    + $"Change it: kafka-configs --alter --topic {definition.Name} --add-config {name}={wanted}.";
        }

        return null;
    }
}
