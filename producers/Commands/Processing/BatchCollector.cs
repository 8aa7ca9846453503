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
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);

    private readonly Queue<ConsumeResult<byte[], byte[]>> _again = new();
    private readonly List<IncomingRecord> _batch = [];

    public IReadOnlyList<IncomingRecord> Batch => _batch;

    /// <summary>Waits for commands and collects a batch; false when there are none for now. Skips what is before <paramref name="nextOffset"/>.</summary>
    public bool Collect(long nextOffset, CancellationToken stopping)
    {
        var patience = IdleWait;
        var started = 0L;
        while (_batch.Count < options.BatchRecordsMax && TryTake(out var record, patience, stopping))
        {
            if (record.Offset.Value < nextOffset)
                continue;
            if (_batch.Count == 0)
                started = time.GetTimestamp();
            if (!TryRead(record, stopping))
                break;

            var elapsed = time.GetElapsedTime(started);
            if (elapsed.TotalMilliseconds >= options.BatchMsMax)
                break;
            patience = Positive(TimeSpan.FromMilliseconds(options.LingerMs) - elapsed);
        }

        return _batch.Count > 0;
    }

    /// <summary>The batch is committed.</summary>
    public void Done() => _batch.Clear();

    /// <summary>The batch is not committed, and its state is lost: its records come first when collecting starts anew.</summary>
    public void Return()
    {
        var later = _again.ToArray();
        _again.Clear();
        foreach (var incoming in _batch)
            _again.Enqueue(incoming.Record);
        foreach (var record in later)
            _again.Enqueue(record);
        _batch.Clear();
    }

    // False when the registry cannot be asked and the batch should go without this record. A batch's first record is waited for.
    private bool TryRead(ConsumeResult<byte[], byte[]> record, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                _batch.Add(read(record));
                return true;
            }
            catch (RegistryUnavailableException) when (_batch.Count > 0)
            {
                _again.Enqueue(record);
                return false;
            }
            catch (RegistryUnavailableException cause)
            {
                status.Waits(cause.Message);
                logger.RegistryAwaited(cause, record.Topic, record.Partition, record.Offset);
                stopping.WaitHandle.WaitOne(RegistryWait);
                stopping.ThrowIfCancellationRequested();
            }
        }
    }

    private bool TryTake([NotNullWhen(true)] out ConsumeResult<byte[], byte[]>? record, TimeSpan patience, CancellationToken stopping) =>
        _again.TryDequeue(out record) || queue.TryTake(out record, patience, stopping);

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
