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
        _consumer ??= new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { /* Each failure reaches us as an exception, too. */ }).Build();
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
                var record = _consumer.Consume(PollTime);
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
}
