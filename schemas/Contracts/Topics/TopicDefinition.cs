namespace Streaming.Contracts.Topics;

/// <summary>A topic as the pipeline needs it. Hosts create it when missing, and refuse to start when it is otherwise.</summary>
/// <param name="Name">Without the installation's prefix.</param>
/// <param name="PartitionCount">Fixed for the topic's life: keys are placed by it.</param>
/// <param name="Settings">Topic configuration beyond the cluster's defaults, such as <c>cleanup.policy</c>.</param>
public sealed record TopicDefinition(string Name, int PartitionCount, IReadOnlyDictionary<string, string> Settings);
