using Confluent.Kafka;

namespace Streaming.Fixtures;

/// <summary>A topic just created.</summary>
public static class NewTopic
{
    /// <summary>Returns once brokers know the topic: Apache Kafka's controller answers before they have heard of it.</summary>
    /// <exception cref="TimeoutException">They have not within half a minute.</exception>
    public static Task IsKnownAsync(IAdminClient admin, string topic) => Eventually.Async(
        () => admin.GetMetadata(topic, Eventually.DefaultDeadline).Topics.TrueForAll(known => !known.Error.IsError), $"brokers know {topic}");
}
