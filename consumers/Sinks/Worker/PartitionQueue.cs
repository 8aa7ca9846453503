using System.Threading.Channels;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Worker;

/// <summary>Records of one partition on their way from the consuming thread to the partition's worker.</summary>
/// <remarks>The writer never blocks on it: one record over the limit still finds its place, and then the writer waits or pauses the partition.</remarks>
internal sealed class PartitionQueue(int recordsMax, long bytesMax)
{
    private readonly Channel<LogRecord> _records = Channel.CreateUnbounded<LogRecord>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly object _spaceMade = new();
    private int _count;
    private long _sizeBytes;

    public bool IsFull => Volatile.Read(ref _count) >= recordsMax || Volatile.Read(ref _sizeBytes) >= bytesMax;

    /// <summary>Half of it is free again: a paused partition may go on, without pausing again at once.</summary>
    public bool IsHalfEmpty => Volatile.Read(ref _count) <= recordsMax / 2 && Volatile.Read(ref _sizeBytes) <= bytesMax / 2;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    public void Add(LogRecord record)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sizeBytes, record.SizeBytes);
        _records.Writer.TryWrite(record);
    }

    public bool TryTake(out LogRecord record)
    {
        if (!_records.Reader.TryRead(out record!))
            return false;
        var wasFull = IsFull;
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _sizeBytes, -record.SizeBytes);
        if (wasFull && !IsFull)
        {
            lock (_spaceMade)
                Monitor.PulseAll(_spaceMade);
        }

        return true;
    }

    /// <summary>Blocks the consuming thread until there is space, at most for so long; false when there is none.</summary>
    public bool WaitForSpace(TimeSpan timeout)
    {
        if (!IsFull)
            return true;
        lock (_spaceMade)
            return !IsFull || (Monitor.Wait(_spaceMade, timeout) && !IsFull);
    }

    /// <summary>Completes when there is a record to take.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _records.Reader.WaitToReadAsync(cancellationToken);
}
