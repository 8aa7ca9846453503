namespace Streaming.Commands.Processing;

/// <summary>A processor as health checks see it.</summary>
internal interface IProcessorStatus
{
    string Context { get; }

    bool HasJoined { get; }

    IEnumerable<(int Partition, PartitionStatus Status, int Queued)> Partitions { get; }
}
