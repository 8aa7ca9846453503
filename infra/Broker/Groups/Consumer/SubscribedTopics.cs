using System.Security.Cryptography;
using System.Text;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>Which of the topics there are each member wants, by name or by pattern.</summary>
/// <remarks>Patterns are matched again only when topics came or went. Not thread-safe.</remarks>
internal sealed class SubscribedTopics(ITopicDirectory topics)
{
    /// <summary>More than any group has; patterns of members that left must not pile up.</summary>
    private const int PatternsMax = 100;

    private readonly Dictionary<string, IReadOnlyList<TopicShape>> _matching = [];
    private long _version = -1;

    /// <summary>In ordinal order of their names.</summary>
    public IReadOnlyList<TopicShape> Of(Subscriber member)
    {
        Refresh();
        var named = member.TopicNames.Select(topics.FindShape).OfType<TopicShape>();
        return member.HasPattern
            ? [.. named.UnionBy(Matching(member.TopicPattern), topic => topic.Id).OrderBy(topic => topic.Name, StringComparer.Ordinal)]
            : [.. named];
    }

    /// <summary>Tells apart what all these members want together: topics, and how many partitions each has. 0 for nothing at all.</summary>
    public long HashOf(IEnumerable<Subscriber> members)
    {
        var wanted = members.SelectMany(Of).Distinct().OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(topic => $"{topic.Name} {topic.Id} {topic.PartitionCount}\n").ToList();
        return wanted.Count == 0 ? 0 : BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(wanted))));
    }

    private IReadOnlyList<TopicShape> Matching(string text)
    {
        if (_matching.TryGetValue(text, out var known))
            return known;
        // It was parsed when the member brought it; one that another broker took in and this one can't read matches nothing.
        var pattern = TopicPattern.Parse(text, out _);
        return _matching[text] = pattern?.Among(topics.Topics) ?? [];
    }

    private void Refresh()
    {
        var version = topics.Version;
        if (_version == version && _matching.Count < PatternsMax)
            return;
        _matching.Clear();
        _version = version;
    }
}
