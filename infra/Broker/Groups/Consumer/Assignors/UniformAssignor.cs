using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Consumer.Assignors;

/// <summary>Gives all members equally many partitions, as far as their subscriptions allow, and leaves with each what it had, as far as that allows.</summary>
/// <remarks>
/// Three steps: everybody keeps what it had and still wants; what is nobody's goes to who has least; then partitions move, over other members if need be,
/// from who has more to who has at least two less, until nobody can pass on any. That is the most even there is: what passes along such a way is an augmenting
/// path, and without one left, the sum of the squares of the shares is smallest.
/// </remarks>
internal sealed class UniformAssignor : IPartitionAssignor
{
    public string Name => "uniform";

    public IReadOnlyDictionary<string, PartitionSet> Assign(IReadOnlyList<Assignee> members)
    {
        var shares = members.Select(member => new Share(member)).ToList();
        var topics = members.SelectMany(member => member.Topics).Distinct()
            .ToDictionary(topic => topic.Id, topic => new Demand(topic, [.. shares.Where(share => share.Wants(topic.Id))]));
        foreach (var share in shares)
            KeepWhatItHad(share, topics);
        // Who few want goes first: it has the least choice.
        foreach (var demand in topics.Values.OrderBy(demand => demand.Subscribers.Count).ThenBy(demand => demand.Topic.Name, StringComparer.Ordinal))
            HandOut(demand);
        Balance(shares, topics);
        return shares.ToDictionary(share => share.Id, share => share.ToSet());
    }

    private static void KeepWhatItHad(Share share, Dictionary<Guid, Demand> topics)
    {
        foreach (var partition in share.Before.All)
        {
            if (share.Wants(partition.TopicId) && topics[partition.TopicId].TryTake(partition.Partition))
                share.Add(partition);
        }
    }

    private static void HandOut(Demand demand)
    {
        for (var partition = 0; partition < demand.Topic.PartitionCount; partition++)
        {
            if (demand.TryTake(partition))
                demand.Subscribers.MinBy(share => share.Count)!.Add(new TopicIdPartition(demand.Topic.Id, partition));
        }
    }

    private static void Balance(List<Share> shares, Dictionary<Guid, Demand> topics)
    {
        for (var hasMoved = true; hasMoved && !IsEven(shares);)
        {
            hasMoved = false;
            foreach (var from in shares.OrderByDescending(share => share.Count).ToList())
            {
                while (WayToLess(from, topics) is { } way)
                {
                    Pass(way);
                    hasMoved = true;
                }
            }
        }
    }

    private static bool IsEven(List<Share> shares) => shares.Count == 0 || shares.Max(share => share.Count) - shares.Min(share => share.Count) <= 1;

    /// <summary>The shortest way from a member to one that has at least two partitions less: each step passes on a partition of a topic.</summary>
    /// <returns>Null when there is none.</returns>
    private static List<Step>? WayToLess(Share from, Dictionary<Guid, Demand> topics)
    {
        var reachedBy = new Dictionary<Share, Step?> { [from] = null };
        var passedOn = new HashSet<Guid>();
        for (List<Share> level = [from]; level.Count > 0;)
        {
            var next = new List<Share>();
            foreach (var giver in level)
            {
                // Who reached a topic first reaches all its subscribers.
                foreach (var topicId in giver.TopicsHeld.Where(passedOn.Add))
                    next.AddRange(topics[topicId].Subscribers.Where(taker => reachedBy.TryAdd(taker, new Step(giver, topicId, taker))));
            }

            if (next.MinBy(share => share.Count) is { } least && least.Count <= from.Count - 2)
                return Trace(reachedBy, least);
            level = next;
        }

        return null;
    }

    private static List<Step> Trace(Dictionary<Share, Step?> reachedBy, Share last)
    {
        var way = new List<Step>();
        for (var step = reachedBy[last]; step is not null; step = reachedBy[step.Giver])
            way.Add(step);
        return way;
    }

    // From its end, so that nobody passes on what it has just got.
    private static void Pass(List<Step> way)
    {
        foreach (var step in way)
            step.Taker.Add(step.Giver.TakeLast(step.TopicId));
    }

    private sealed record Step(Share Giver, Guid TopicId, Share Taker);

    private sealed record Demand(TopicShape Topic, IReadOnlyList<Share> Subscribers)
    {
        private readonly bool[] _taken = new bool[Topic.PartitionCount];

        /// <summary>False for a partition that is somebody's, or that there is none of.</summary>
        public bool TryTake(int partition)
        {
            if (partition >= _taken.Length || _taken[partition])
                return false;
            return _taken[partition] = true;
        }
    }

    private sealed class Share(Assignee member)
    {
        private readonly HashSet<Guid> _wanted = [.. member.Topics.Select(topic => topic.Id)];
        private readonly SortedDictionary<Guid, List<TopicIdPartition>> _held = [];

        public string Id => member.Id;
        public PartitionSet Before => member.Before;
        public int Count { get; private set; }
        public IEnumerable<Guid> TopicsHeld => _held.Keys;

        public bool Wants(Guid topicId) => _wanted.Contains(topicId);

        public void Add(TopicIdPartition partition)
        {
            if (!_held.TryGetValue(partition.TopicId, out var held))
                _held.Add(partition.TopicId, held = []);
            held.Add(partition);
            Count++;
        }

        /// <summary>What came last goes first: what it had from before stays.</summary>
        public TopicIdPartition TakeLast(Guid topicId)
        {
            var held = _held[topicId];
            var last = held[^1];
            held.RemoveAt(held.Count - 1);
            if (held.Count == 0)
                _held.Remove(topicId);
            Count--;
            return last;
        }

        public PartitionSet ToSet() => PartitionSet.Of(_held.Values.SelectMany(held => held));
    }
}
