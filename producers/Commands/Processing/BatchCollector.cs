using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Incoming;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Processing;

/// <summary>Cuts a partition's commands into batches, bounded by count and by time, and reads what each record asks.</summary>
/// <remarks>A batch keeps its records until <see cref="Done"/>: what was not committed is collected again. One thread.</remarks>
internal sealed class BatchCollector(
    CommandQueue queue,
    Func<ConsumeResult<byte[], byte[]>, IncomingRecord> read,
    CommandProcessorOptions options,
    PartitionStatus status,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Longest wait for a command.</summary>
    public static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(500);

    // With as many the transaction's own price is a small part. Then there is a backlog, and nothing should wait.
    private const int LargeBatch = 50;

    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);

    private readonly LinkedList<ConsumeResult<byte[], byte[]>> _again = [];
    private readonly List<IncomingRecord> _batch = [];
    private long? _newestAt;
    private int _newestCount;

    public IReadOnlyList<IncomingRecord> Batch => _batch;

    /// <summary>A record was taken and could not be read yet.</summary>
    public bool IsHeldUp => _again.Count > 0;

    /// <summary>Waits for commands and collects a batch; false when there are none for now. Skips what is before <paramref name="nextOffset"/>.</summary>
    /// <param name="patience">How long to wait for the first.</param>
    public bool Collect(long nextOffset, TimeSpan patience, CancellationToken stopping)
    {
        var started = 0L;
        while (_batch.Count < options.BatchRecordsMax && TryTake(out var record, patience, stopping))
        {
            if (record.Offset.Value < nextOffset)
                continue;
            if (_batch.Count == 0)
                started = time.GetTimestamp();
            if (!TryRead(record, stopping))
                break;
            if (_batch.Count == 1)
                AwaitTurn(stopping);
            if (time.GetElapsedTime(started).TotalMilliseconds >= options.BatchMsMax)
                break;
            patience = TimeSpan.Zero;
        }

        if (_batch.Count == 0)
            return false;
        (_newestAt, _newestCount) = (time.GetTimestamp(), _batch.Count);
        return true;
    }

    /// <summary>The batch is committed.</summary>
    public void Done() => _batch.Clear();

    /// <summary>The batch is not committed, and its state is lost: its records come first when collecting starts anew.</summary>
    public void Return()
    {
        for (var i = _batch.Count - 1; i >= 0; i--)
            _again.AddFirst(_batch[i].Record);
        _batch.Clear();
    }

    // Not by waiting for each record: waking up for every one costs as much as the records do.
    private void AwaitTurn(CancellationToken stopping)
    {
        if (_newestAt is not { } newest || _newestCount >= LargeBatch)
            return;
        var early = TimeSpan.FromMilliseconds(options.BatchIntervalMs) - time.GetElapsedTime(newest);
        if (early > TimeSpan.Zero)
            stopping.WaitHandle.WaitOne(early);
    }

    // False when the registry cannot be asked: the batch goes without this record, which comes first in the next. Never is one lost.
    private bool TryRead(ConsumeResult<byte[], byte[]> record, CancellationToken stopping)
    {
        var isRead = false;
        try
        {
            _batch.Add(read(record));
            isRead = true;
        }
        catch (RegistryUnavailableException cause)
        {
            status.Waits(cause.Message);
            logger.RegistryAwaited(cause, record.Topic, record.Partition, record.Offset);
        }
        finally
        {
            if (!isRead)
                _again.AddFirst(record);
        }

        if (!isRead && _batch.Count == 0)
            stopping.WaitHandle.WaitOne(RegistryWait);
        return isRead;
    }

    private bool TryTake([NotNullWhen(true)] out ConsumeResult<byte[], byte[]>? record, TimeSpan patience, CancellationToken stopping)
    {
        if (_again.First is not { } first)
            return queue.TryTake(out record, patience, stopping);
        record = first.Value;
        _again.RemoveFirst();
        return true;
    }
}
