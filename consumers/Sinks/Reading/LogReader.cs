using System.Diagnostics;
using Confluent.Kafka;

namespace Streaming.Sinks.Reading;

/// <summary>Reads committed records of a partition from an offset to the end that it has by then.</summary>
/// <remarks>By a consumer of its own, outside the group, made when something is to be read: mostly there is nothing.</remarks>
internal sealed class LogReader(ConsumerConfig config) : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private IConsumer<byte[]?, byte[]?>? _consumer;

    /// <summary>The records, and where to read on. Those of transactions that are still being committed are awaited.</summary>
    /// <exception cref="TimeoutException">The end was not reached: the cluster is too busy, or a transaction stays open.</exception>
    /// <exception cref="KafkaException">The cluster didn't answer.</exception>
    public Task<(List<ConsumeResult<byte[]?, byte[]?>> Records, long NextOffset)> ReadAsync(
        TopicPartition partition, long fromOffset, CancellationToken cancellationToken) =>
        AloneAsync(() => Read(partition, fromOffset, endMax: long.MaxValue, cancellationToken), cancellationToken);

    /// <summary>What is there of the records from one offset up to another, which is excluded; and where to read on: the first offset itself at the end.</summary>
    public Task<(List<ConsumeResult<byte[]?, byte[]?>> Records, long NextOffset)> ReadAsync(
        TopicPartition partition, long fromOffset, long toOffset, CancellationToken cancellationToken) =>
        AloneAsync(() => Read(partition, fromOffset, toOffset, cancellationToken), cancellationToken);

    public void Dispose()
    {
        _consumer?.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<T> AloneAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await Blocking.RunAsync(read, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private (List<ConsumeResult<byte[]?, byte[]?>> Records, long End) Read(
        TopicPartition partition, long fromOffset, long endMax, CancellationToken cancellationToken)
    {
        _consumer ??= QuietClients.Consumer(config);
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        var end = Math.Min(endMax, _consumer.QueryWatermarkOffsets(partition, RequestTimeout).High.Value);
        if (end <= fromOffset)
            return (records, fromOffset);
        _consumer.Assign(new TopicPartitionOffset(partition, fromOffset));
        try
        {
            for (var started = Stopwatch.GetTimestamp(); ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!TryConsume(out var record))
                    Renew(new TopicPartitionOffset(partition, records.Count > 0 ? records[^1].Offset + 1 : fromOffset));
                if (record is { IsPartitionEOF: false } && record.Offset < end)
                    records.Add(record);
                // What lies up to the end may be markers alone, and an end before the one awaited is that of the committed records.
                if (record is not null && record.Offset.Value + (record.IsPartitionEOF ? 0 : 1) >= end)
                    return (records, end);
                if (record is not null)
                    started = Stopwatch.GetTimestamp();
                else if (Stopwatch.GetElapsedTime(started) > Patience)
                    throw new TimeoutException($"{partition} could not be read up to {end} within {Patience.TotalSeconds:0} s.");
            }
        }
        finally
        {
            _consumer.Unassign();
        }
    }

    /// <returns>False when this consumer reads no further.</returns>
    private bool TryConsume(out ConsumeResult<byte[]?, byte[]?>? record)
    {
        record = null;
        try
        {
            record = _consumer!.Consume(PollTime);
            return true;
        }
        catch (ConsumeException cause) when (cause.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            // A compacted log may begin with batches of which nothing is left. librdkafka takes an answer of these alone for a message that did
            // not fit, doubles what it asks for, and keeps that for the partition: read from the start a dozen times, it says that this is too much.
            return false;
        }
    }

    private void Renew(TopicPartitionOffset from)
    {
        _consumer!.Dispose();
        _consumer = QuietClients.Consumer(config);
        _consumer.Assign(from);
    }
}
