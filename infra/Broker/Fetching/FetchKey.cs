namespace Streaming.Broker.Fetching;

/// <summary>A partition as fetches name it: by the topic's name, or by its id where the name is null.</summary>
internal readonly record struct FetchKey(string? Topic, Guid TopicId, int Partition)
{
    public bool IsOfSameTopic(FetchKey other) => Topic == other.Topic && TopicId == other.TopicId;
}
