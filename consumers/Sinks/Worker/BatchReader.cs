using Streaming.Sinks.Events;

namespace Streaming.Sinks.Worker;

/// <summary>Cuts a partition's records into batches: by count, by bytes, by time.</summary>
internal sealed class BatchReader(PartitionQueue queue, SinkOptions options, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>The next batch; empty when nothing came within <paramref name="idle"/>.</summary>
    /// <param name="stopping">Ends the wait for a first record by an exception, and the wait for further ones by a smaller batch.</param>
    public async Task<List<LogRecord>> ReadAsync(TimeSpan idle, CancellationToken stopping)
    {
        var batch = new List<LogRecord>();
        var sizeBytes = 0;
        var isFull = TakeUntilFull(batch, ref sizeBytes);
        if (batch.Count == 0)
        {
            if (!await HasMoreAsync(idle, stopping))
            {
                stopping.ThrowIfCancellationRequested();
                return batch;
            }

            isFull = TakeUntilFull(batch, ref sizeBytes);
        }

        var linger = TimeSpan.FromMilliseconds(options.BatchLingerMs);
        for (var started = time.GetTimestamp(); !isFull && time.GetElapsedTime(started) is var waited && waited < linger && !stopping.IsCancellationRequested;)
        {
            await LingerAsync(linger - waited < Step ? linger - waited : Step, stopping);
            isFull = TakeUntilFull(batch, ref sizeBytes);
        }

        return batch;
    }

    // Few waits for the whole batch: waking up for each record would cost more than handling it. But a queue must not stay full for long.
    private async Task LingerAsync(TimeSpan step, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(step, time, stopping);
        }
        catch (OperationCanceledException)
        {
            // What is there is written before the worker stops.
        }
    }

    private async Task<bool> HasMoreAsync(TimeSpan within, CancellationToken stopping)
    {
        using var late = within == Timeout.InfiniteTimeSpan ? new CancellationTokenSource() : new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            await queue.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;   // Too late, or stopping: the caller looks which.
        }
    }

    private bool TakeUntilFull(List<LogRecord> batch, ref int sizeBytes)
    {
        while (batch.Count < options.BatchEventsMax && sizeBytes < options.BatchBytesMax)
        {
            if (!queue.TryTake(out var record))
                return false;
            batch.Add(record);
            sizeBytes += record.SizeBytes;
        }

        return true;
    }
}
