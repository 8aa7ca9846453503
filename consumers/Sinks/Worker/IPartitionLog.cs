using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>The events of a partition, read beside its feed.</summary>
internal interface IPartitionLog
{
    /// <summary>Committed records from one offset up to another, which is excluded, some at a time.</summary>
    IAsyncEnumerable<IReadOnlyList<LogRecord>> ReadAsync(SourcePartition source, long fromOffset, long toOffset, CancellationToken cancellationToken);
}
