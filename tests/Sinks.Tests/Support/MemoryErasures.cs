using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Tests.Support;

/// <summary>An erasures topic in memory.</summary>
internal sealed class MemoryErasures : IErasureLog
{
    private readonly Lock _gate = new();
    private readonly List<Erasure> _erasures = [];

    public int ReadCount { get; private set; }

    /// <summary>Called with the count of each reading, before it.</summary>
    public Action<int> BeforeRead { get; set; } = _ => { };

    public void Add(string aggregateId)
    {
        lock (_gate)
            _erasures.Add(new(aggregateId, LastSequence: 9, "it was asked for", DateTimeOffset.UnixEpoch));
    }

    public Task<ErasuresRead> ReadAsync(SourcePartition source, long fromOffset, CancellationToken cancellationToken)
    {
        BeforeRead(++ReadCount);
        lock (_gate)
            return Task.FromResult(new ErasuresRead([.. _erasures.Skip((int)fromOffset)], _erasures.Count));
    }
}
