using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Erasing;

/// <summary>What was erased, as the log says.</summary>
internal interface IErasureLog
{
    /// <summary>Reads on to where the erasures of a partition of events end now. Those of transactions that are still being committed are awaited:
    /// their tombstones may be readable already.</summary>
    /// <param name="source">The partition of events.</param>
    /// <param name="fromOffset">Of its erasures: 0, or where the last reading ended.</param>
    Task<ErasuresRead> ReadAsync(SourcePartition source, long fromOffset, CancellationToken cancellationToken);
}

/// <param name="Erasures">Oldest first.</param>
/// <param name="NextOffset">Where to read on.</param>
internal sealed record ErasuresRead(IReadOnlyList<Erasure> Erasures, long NextOffset);
