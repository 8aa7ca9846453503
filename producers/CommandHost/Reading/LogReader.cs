using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost.Reading;

/// <summary>Reads single records of a partition by their offsets, with a few Kafka clients that are kept for the next caller.</summary>
internal sealed class LogReader(IOptions<KafkaOptions> kafka, IOptions<ReadingOptions> options, TimeProvider time, ILogger<LogReader> logger) : IDisposable
{
    // Reading on costs less than a new request while the next record is this near.
    private const long ReadOnOffsetsMax = 200;

    private readonly SemaphoreSlim _turns = new(options.Value.ReadersMax);
    private readonly ConcurrentBag<LogConsumer<byte[]>> _idle = [];

    /// <summary>The records at these offsets that are still there; an erasure may have taken them meanwhile.</summary>
    /// <param name="offsets">Ascending, of committed records.</param>
    /// <exception cref="LogUnreadableException">The cluster does not give them now.</exception>
    public async Task<List<ConsumeResult<byte[], byte[]>>> ReadAsync(TopicPartition partition, long[] offsets, CancellationToken cancellationToken)
    {
        if (offsets.Length == 0)
            return [];
        if (!await _turns.WaitAsync(options.Value.Wait, cancellationToken))
            throw new LogUnreadableException("Too many callers read at the same time.");
        try
        {
            // Kafka's client blocks while it waits for records.
            return await Task.Run(() => Read(partition, offsets, cancellationToken), cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var consumer))
            consumer.Dispose();
        _turns.Dispose();
    }

    private List<ConsumeResult<byte[], byte[]>> Read(TopicPartition partition, long[] offsets, CancellationToken cancellationToken)
    {
        var consumer = _idle.TryTake(out var idle) ? idle : Build();
        try
        {
            var found = Read(consumer, partition, offsets, cancellationToken);
            consumer.Unassign();
            _idle.Add(consumer);
            return found;
        }
        catch
        {
            consumer.Dispose();     // In which state it is, nobody knows.
            throw;
        }
    }

    private List<ConsumeResult<byte[], byte[]>> Read(
        LogConsumer<byte[]> consumer, TopicPartition partition, long[] offsets, CancellationToken cancellationToken)
    {
        var found = new List<ConsumeResult<byte[], byte[]>>(offsets.Length);
        var progressed = time.GetTimestamp();
        consumer.Assign(new TopicPartitionOffset(partition, offsets[0]));
        for (var next = 0; next < offsets.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Consume() is not { } record)
            {
                if (time.GetElapsedTime(progressed) > options.Value.Wait)
                    throw new LogUnreadableException($"{partition.Topic}-{partition.Partition.Value}@{offsets[next]}: Kafka does not give the record.");
                continue;
            }

            progressed = time.GetTimestamp();
            if (record.IsPartitionEOF)
                return found;
            var position = record.Offset.Value;
            if (position == offsets[next])
                found.Add(record);
            while (next < offsets.Length && offsets[next] <= position)
                next++;
            if (next < offsets.Length && offsets[next] - position > ReadOnOffsetsMax)
                consumer.Assign(new TopicPartitionOffset(partition, offsets[next]));
        }

        return found;
    }

    private LogConsumer<byte[]> Build() => new(kafka.Value.ToClientConfig(), "events", logger, config =>
    {
        config.MaxPartitionFetchBytes = 65_536;     // A caller wants few records, not the megabyte behind them.
        config.QueuedMinMessages = 500;
        config.FetchQueueBackoffMs = 2;
        config.FetchWaitMaxMs = 5;                  // The client asks for the next caller's records only when the request of the one before is answered.
    });
}

/// <summary>The log cannot be read now.</summary>
internal sealed class LogUnreadableException(string message) : Exception(message);
