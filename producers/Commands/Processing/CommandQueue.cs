using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;

namespace Streaming.Commands.Processing;

/// <summary>Commands on their way from the one thread that polls to a partition's thread.</summary>
/// <remarks>Bounded by the poll loop, which pauses the partition when the queue is full: blocking there would hold up all other partitions.
/// A blocking queue rather than a channel, because the reader is a thread of its own. One thread adds, one takes.</remarks>
internal sealed class CommandQueue(int recordsMax) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private Queue<ConsumeResult<byte[], byte[]>> _added = new();
    private Queue<ConsumeResult<byte[], byte[]>> _toTake = new();    // The reader's own: it takes what was added all at once.
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Half empty: worth resuming the partition, with enough left that nobody waits for the broker.</summary>
    public bool HasRoom => Count <= recordsMax / 2;

    /// <summary>Adds a record, and says whether the queue is full now.</summary>
    public bool Add(ConsumeResult<byte[], byte[]> record)
    {
        lock (_gate)
            _added.Enqueue(record);
        var count = Interlocked.Increment(ref _count);

        // With more than one the reader has those before still to take, and needs no waking.
        if (count == 1 && _arrived.CurrentCount == 0)
            _arrived.Release();
        return count >= recordsMax;
    }

    /// <summary>The next record; false after <paramref name="patience"/> without one. Blocks.</summary>
    public bool TryTake([NotNullWhen(true)] out ConsumeResult<byte[], byte[]>? record, TimeSpan patience, CancellationToken stopping)
    {
        while (!TryTakeNow(out record))
        {
            if (!_arrived.Wait(patience, stopping))
                return TryTakeNow(out record);
        }
        return true;
    }

    public void Dispose() => _arrived.Dispose();

    private bool TryTakeNow([NotNullWhen(true)] out ConsumeResult<byte[], byte[]>? record)
    {
        if (_toTake.Count == 0)
        {
            lock (_gate)
                (_added, _toTake) = (_toTake, _added);
        }

        if (!_toTake.TryDequeue(out record))
            return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
