using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Support;

/// <summary>The partition's records, a few at a time.</summary>
internal sealed class MemoryLog(params LogRecord[] records) : IPartitionLog
{
    public async IAsyncEnumerable<IReadOnlyList<LogRecord>> ReadAsync(
        SourcePartition source, long fromOffset, long toOffset, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var some in records.Where(record => record.Offset >= fromOffset && record.Offset < toOffset).Chunk(2))
            yield return some;
    }
}
