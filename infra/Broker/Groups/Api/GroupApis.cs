using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker.Groups.Api;

/// <summary>Everything that clients and tools ask of groups.</summary>
internal static class GroupApis
{
    /// <param name="topics">Offsets are committed of partitions that exist only.</param>
    public static ApiTable AddGroups(
        this ApiTable apis, GroupTable groups, ClusterNode node, GroupOptions options, TimeProvider time, ITransactionGate transactions, ITopicDirectory topics)
    {
        var commits = new OffsetCommits(options, time, topics);
        return apis.Add(
            new FindCoordinator(node),
            new JoinGroup(groups), new SyncGroup(groups), new Heartbeat(groups), new LeaveGroup(groups),
            new OffsetCommit(groups, commits), new OffsetFetch(groups, topics), new OffsetDelete(groups, topics), new TxnOffsetCommit(groups, commits, transactions),
            new ListGroups(groups), new DescribeGroups(groups), new DeleteGroups(groups),
            new ConsumerGroupHeartbeat(groups, options), new ConsumerGroupDescribe(groups, topics));
    }
}
