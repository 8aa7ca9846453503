using Streaming.Broker.Topics;

namespace Streaming.Broker.Tests.Groups;

/// <summary>Topics without logs, for those who only share them out.</summary>
internal sealed class SomeTopics : ITopicDirectory
{
    private readonly SortedDictionary<string, TopicShape> _topics = new(StringComparer.Ordinal);
    private int _ids;

    public long Version { get; private set; }

    public IEnumerable<TopicShape> Topics => _topics.Values;

    public TopicShape? FindShape(string name) => _topics.GetValueOrDefault(name);

    public TopicShape? FindShape(Guid id) => _topics.Values.FirstOrDefault(topic => topic.Id == id);

    /// <summary>Creates a topic, or gives it more partitions.</summary>
    public TopicShape Put(string name, int partitions)
    {
        Version++;
        return _topics[name] = new TopicShape(name, FindShape(name)?.Id ?? new Guid(++_ids, 0, 0, new byte[8]), partitions);
    }

    public void Delete(string name)
    {
        Version++;
        _topics.Remove(name);
    }
}
