namespace Streaming.Broker.Groups.Consumer.Assignors;

/// <summary>Gives every member a range of each topic's partitions: the same numbers of all topics, where their subscribers are the same.</summary>
/// <remarks>Members stand in the order of their instance ids, those without one behind, by member id; the first ones have one partition more when it does not come out even.</remarks>
internal sealed class RangeAssignor : IPartitionAssignor
{
    public string Name => "range";

    public IReadOnlyDictionary<string, PartitionSet> Assign(IReadOnlyList<Assignee> members)
    {
        var shares = members.ToDictionary(member => member.Id, _ => new List<TopicIdPartition>());
        var inOrder = members.OrderBy(member => member.InstanceId is null).ThenBy(member => member.InstanceId ?? member.Id, StringComparer.Ordinal).ToList();
        foreach (var topic in members.SelectMany(member => member.Topics).Distinct())
        {
            var subscribers = inOrder.Where(member => member.Topics.Contains(topic)).ToList();
            var (each, more) = Math.DivRem(topic.PartitionCount, subscribers.Count);
            for (var (index, next) = (0, 0); index < subscribers.Count; index++)
            {
                var count = index < more ? each + 1 : each;
                shares[subscribers[index].Id].AddRange(Enumerable.Range(next, count).Select(p => new TopicIdPartition(topic.Id, p)));
                next += count;
            }
        }

        return shares.ToDictionary(share => share.Key, share => PartitionSet.Of(share.Value));
    }
}
