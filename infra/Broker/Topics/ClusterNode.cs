namespace Streaming.Broker.Topics;

/// <summary>This broker as clients see it: the only node of its cluster, leader of every partition, coordinator of every group and transaction.</summary>
internal sealed record ClusterNode(string ClusterId, int NodeId, string Host, int Port);
