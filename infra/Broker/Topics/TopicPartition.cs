namespace Streaming.Broker.Topics;

/// <summary>One partition of one topic, by name.</summary>
internal readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
