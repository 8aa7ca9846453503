namespace Streaming.Sinks.Worker;

/// <summary>The partition cannot go on, for a reason that is no single record.</summary>
internal sealed class PartitionStoppedException(string reason) : Exception(reason);
