using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.DeadLetters;

/// <summary>The dead letters of a sink, as its topic holds them. One at a time has the right to write those of a partition.</summary>
internal interface IDeadLetterLog
{
    /// <summary>Ends the right to write of whoever had it; then reads those that came from a partition, each as it was written last, by offset.</summary>
    /// <remarks>So nobody who had the partition before writes any that are not among them. The bytes of those that were decided are left out.</remarks>
    Task<IReadOnlyList<DeadLetter>> TakeAsync(SourcePartition source, CancellationToken cancellationToken);

    /// <summary>Gains the right to write, and ends everybody else's. It counts for nothing before the destination has said that the partition is still ours.</summary>
    Task ClaimAsync(SourcePartition source, CancellationToken cancellationToken);

    /// <summary>Records of one partition, by rising offset, as dead letters that wait, with all that the log holds of them. Nothing is written yet.</summary>
    Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken);

    /// <summary>Writes all of them, or none, and returns when the cluster holds them safely. Writing one twice equals writing it once.</summary>
    /// <exception cref="KafkaException">Somebody else has claimed the right since, or the cluster did not answer, and may hold them all the same. It has to be claimed once more.</exception>
    Task WriteAsync(SourcePartition source, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);
}
