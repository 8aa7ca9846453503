using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker.Groups.Api;

/// <summary>Everything that clients and tools ask of groups.</summary>
internal static class GroupApis
{
    /// <param name="exists">Whether a partition exists: offsets are committed of those only.</param>
    public static ApiTable AddGroups(
        this ApiTable apis, GroupTable groups, ClusterNode node, GroupOptions options, TimeProvider time, ITransactionGate transactions, Func<TopicPartition, bool> exists)
    {
        var commits = new OffsetCommits(options, time, exists);
        return apis.Add(
            new FindCoordinator(node),
            new JoinGroup(groups), new SyncGroup(groups), new Heartbeat(groups), new LeaveGroup(groups),
            new OffsetCommit(groups, commits), new OffsetFetch(groups), new OffsetDelete(groups, exists), new TxnOffsetCommit(groups, commits, transactions),
            new ListGroups(groups), new DescribeGroups(groups), new DeleteGroups(groups));
    }
}
