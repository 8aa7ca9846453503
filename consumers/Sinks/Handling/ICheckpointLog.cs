using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Handling;

/// <summary>Keeps the checkpoints of a sink that has no destination of its own.</summary>
internal interface ICheckpointLog
{
    /// <summary>What is kept of a partition; null for nothing. From now on nobody who took it earlier can write.</summary>
    Task<Checkpoint?> TakeAsync(SourcePartition source, CancellationToken cancellationToken);

    /// <exception cref="FencedException">Another host has taken the partition since.</exception>
    Task WriteAsync(SourcePartition source, Checkpoint checkpoint, CancellationToken cancellationToken);
}
