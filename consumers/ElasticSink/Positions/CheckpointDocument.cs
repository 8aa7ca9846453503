using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Positions;

/// <summary>A checkpoint as the index of checkpoints has it.</summary>
/// <param name="LogStart">Where the log began when the partition was taken over: a reset derives everything from there again.</param>
/// <param name="FoldEpoch">Documents of earlier epochs are no befores: they may hold events that are still to come. Since the last reset back.</param>
internal sealed record CheckpointDocument(string Topic, int Partition, Checkpoint Checkpoint, long LogStart, int FoldEpoch);

/// <summary>A checkpoint as a list of all of them has it.</summary>
internal sealed record ListedCheckpoint(string Id, int Generation, CheckpointDocument Document);

/// <summary>A checkpoint with the place that the server gave it: what the next write of it is conditional on.</summary>
internal sealed record HeldCheckpoint(CheckpointDocument Document, long Sequence, long Term)
{
    public Checkpoint Checkpoint => Document.Checkpoint;
}
