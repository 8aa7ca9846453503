using System.Collections.Immutable;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>One partition of one topic, by the topic's id: a topic made again under its old name is another one.</summary>
internal readonly record struct TopicIdPartition(Guid TopicId, int Partition);

/// <summary>Some partitions of one topic, as messages and records name them.</summary>
internal sealed record PartitionsOfTopic(Guid TopicId, IReadOnlyList<int> Partitions);

/// <summary>Partitions of any topics, each once, in order. Immutable; equal by content.</summary>
internal sealed class PartitionSet : IEquatable<PartitionSet>
{
    private static readonly IComparer<TopicIdPartition> _order = Comparer<TopicIdPartition>.Create(
        (one, other) => one.TopicId.CompareTo(other.TopicId) is not 0 and var byTopic ? byTopic : one.Partition.CompareTo(other.Partition));

    public static readonly PartitionSet Empty = new(ImmutableSortedSet.Create(_order));

    private readonly ImmutableSortedSet<TopicIdPartition> _partitions;

    private PartitionSet(ImmutableSortedSet<TopicIdPartition> partitions) => _partitions = partitions;

    public int Count => _partitions.Count;

    public bool IsEmpty => _partitions.IsEmpty;

    public IEnumerable<TopicIdPartition> All => _partitions;

    /// <summary>The same, topic by topic.</summary>
    public IReadOnlyList<PartitionsOfTopic> ByTopic =>
        [.. _partitions.GroupBy(p => p.TopicId).Select(topic => new PartitionsOfTopic(topic.Key, [.. topic.Select(p => p.Partition)]))];

    public static PartitionSet Of(IEnumerable<TopicIdPartition> partitions) => Of(ImmutableSortedSet.CreateRange(_order, partitions));

    public static PartitionSet Of(IReadOnlyList<PartitionsOfTopic> topics) =>
        Of(topics.SelectMany(topic => topic.Partitions.Select(p => new TopicIdPartition(topic.TopicId, p))));

    public bool Contains(TopicIdPartition partition) => _partitions.Contains(partition);

    public bool Overlaps(PartitionSet other) => _partitions.Overlaps(other._partitions);

    public bool IsSubsetOf(PartitionSet other) => _partitions.IsSubsetOf(other._partitions);

    public PartitionSet Intersect(PartitionSet other) => Of(_partitions.Intersect(other._partitions));

    public PartitionSet Except(PartitionSet other) => Of(_partitions.Except(other._partitions));

    public PartitionSet Union(PartitionSet other) => Of(_partitions.Union(other._partitions));

    public PartitionSet Where(Func<TopicIdPartition, bool> holds) => Of(_partitions.Where(holds));

    public bool Equals(PartitionSet? other) => other is not null && (ReferenceEquals(this, other) || _partitions.SetEquals(other._partitions));

    public override bool Equals(object? obj) => Equals(obj as PartitionSet);

    public override int GetHashCode() => _partitions.Count == 0 ? 0 : HashCode.Combine(_partitions.Count, _partitions.Min, _partitions.Max);

    public override string ToString() => string.Join(' ', ByTopic.Select(topic => $"{topic.TopicId}:{string.Join(',', topic.Partitions)}"));

    private static PartitionSet Of(ImmutableSortedSet<TopicIdPartition> partitions) => partitions.IsEmpty ? Empty : new PartitionSet(partitions);
}
