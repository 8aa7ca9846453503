using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Consumer.Assignors;

/// <summary>A way to share the partitions of topics among the members that want them.</summary>
internal interface IPartitionAssignor
{
    /// <summary>What members ask for it by.</summary>
    string Name { get; }

    /// <returns>For every member, by id, what it shall have; a partition that somebody wants is exactly one member's.</returns>
    IReadOnlyDictionary<string, PartitionSet> Assign(IReadOnlyList<Assignee> members);
}

/// <summary>A member that wants partitions.</summary>
/// <param name="Topics">What it is subscribed to, of what there is.</param>
/// <param name="Before">What it was to have so far.</param>
internal sealed record Assignee(string Id, string? InstanceId, IReadOnlyList<TopicShape> Topics, PartitionSet Before);
