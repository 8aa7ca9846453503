namespace Streaming.Sinks.Positions;

/// <summary>A partition of one life of a topic in one cluster: a topic that is deleted and created again has another id.</summary>
public sealed record SourcePartition(string ClusterId, string Topic, string TopicId, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
