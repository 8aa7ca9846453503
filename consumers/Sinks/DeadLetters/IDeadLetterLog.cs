using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.DeadLetters;

/// <summary>The dead letters of a sink, as its topic holds them.</summary>
internal interface IDeadLetterLog
{
    /// <summary>Those that came from a partition, each as it was written last, by offset.</summary>
    Task<IReadOnlyList<DeadLetter>> ReadAsync(SourcePartition source, CancellationToken cancellationToken);

    /// <summary>Records of one partition, by rising offset, as dead letters that wait, with all that the log holds of them. Nothing is written yet.</summary>
    Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken);

    /// <summary>Writes them and returns when the cluster holds them safely. Writing one twice equals writing it once.</summary>
    Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);
}
