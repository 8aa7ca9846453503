namespace Streaming.Client;

/// <summary>A topic has another number of partitions than this client was told: its commands would be misplaced, and results missed.</summary>
public sealed class TopicCountException(string topic, int partitionCount, int expected)
    : Exception($"Topic {topic} has {partitionCount} partitions, this client was told {expected}. "
        + $"Give the context's real number, such as TopicCatalogue.Of(name, partitionCount: {partitionCount}).");
