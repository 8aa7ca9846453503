using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Streaming.Commands.Processing;

/// <summary>Polls the commands topic as a member of the group, and hands each record to the worker of its partition.</summary>
/// <remarks>The only thread that touches the consumer's assignment. It never waits for a worker except to take its partition away.</remarks>
internal sealed class PollLoop(
    ConsumerBuilder<byte[], byte[]> consumers,
    string topic,
    Membership membership,
    Func<int, IConsumer<byte[], byte[]>, IPartitionWorker> startWorker,
    ILogger logger)
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PausedPoll = TimeSpan.FromMilliseconds(5);
    private const int BurstRecordsMax = 1_000;
    private const int ObserveIntervalMs = 50;

    private readonly ConcurrentDictionary<int, IPartitionWorker> _workers = new();
    private readonly HashSet<int> _paused = [];
    private readonly HashSet<int> _pausedWhenReleased = [];
    private volatile bool _hasJoined;
    private long _observedAtMs;

    /// <summary>The owned partitions.</summary>
    public IEnumerable<KeyValuePair<int, IPartitionWorker>> Workers => _workers;

    /// <summary>The group has told us our partitions, be it none.</summary>
    public bool HasJoined => _hasJoined;

    /// <summary>Runs on the calling thread until stopped; then finishes the batches in hand and leaves the group.</summary>
    public void Run(CancellationToken stopping)
    {
        using var consumer = consumers
            .SetPartitionsAssignedHandler(Assigned)
            .SetPartitionsRevokedHandler((_, revoked) => Release(revoked, "the group gave it to somebody else"))
            .SetPartitionsLostHandler((_, lost) => Release(lost, "the group has not heard from us in time"))
            .SetLogHandler((_, message) => logger.ConsumerTroubled(topic, message.Message))
            .SetErrorHandler((_, error) => logger.ConsumerTroubled(topic, error.Reason))
            .Build();
        try
        {
            consumer.Subscribe(topic);
            while (!stopping.IsCancellationRequested)
                PollBurst(consumer);
        }
        finally
        {
            ReleaseAll("the host stops");
            consumer.Close();
        }
    }

    private void PollBurst(IConsumer<byte[], byte[]> consumer)
    {
        ResumeWhereThereIsRoom(consumer);
        ResumeWhatCameBack(consumer);
        var record = Poll(consumer, _paused.Count > 0 ? PausedPoll : IdlePoll);
        Observe(consumer);
        for (var count = 1; record is not null; count++)
        {
            Hand(consumer, record);
            record = count < BurstRecordsMax ? Poll(consumer, TimeSpan.Zero) : null;
        }
    }

    // Costs a question to librdkafka's main thread: now and then, after the handlers of any rebalance have run. With an older one a transaction
    // is refused and repeated.
    private void Observe(IConsumer<byte[], byte[]> consumer)
    {
        if (!_hasJoined || Environment.TickCount64 - _observedAtMs < ObserveIntervalMs)
            return;
        membership.Observe(consumer.ConsumerGroupMetadata);
        _observedAtMs = Environment.TickCount64;
    }

    private ConsumeResult<byte[], byte[]>? Poll(IConsumer<byte[], byte[]> consumer, TimeSpan patience)
    {
        try
        {
            return consumer.Consume(patience);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            logger.ConsumerTroubled(topic, cause.Error.Reason);
            return null;
        }
    }

    private void Hand(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record)
    {
        var partition = record.Partition.Value;
        // A record of a partition that has just been taken away is somebody else's.
        if (!_workers.TryGetValue(partition, out var worker) || !worker.Queue.Add(record) || !_paused.Add(partition))
            return;
        consumer.Pause([record.TopicPartition]);
    }

    private void ResumeWhereThereIsRoom(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var partition in _paused.Where(partition => _workers[partition].Queue.HasRoom).ToList())
        {
            consumer.Resume([new(topic, partition)]);
            _paused.Remove(partition);
        }
    }

    // A partition that was paused when it was taken away may still be paused in the client when it comes back.
    private void ResumeWhatCameBack(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var partition in _pausedWhenReleased.Where(_workers.ContainsKey).ToList())
        {
            consumer.Resume([new(topic, partition)]);
            _pausedWhenReleased.Remove(partition);
        }
    }

    private void Assigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> assigned)
    {
        (_hasJoined, _observedAtMs) = (true, 0);
        Observe(consumer);
        foreach (var partition in assigned)
            _workers[partition.Partition] = startWorker(partition.Partition, consumer);
    }

    private void Release(List<TopicPartitionOffset> released, string why) => Release([.. released.Select(from => from.Partition.Value)], why);

    private void ReleaseAll(string why) => Release([.. _workers.Keys], why);

    // All are asked first, so that they finish side by side. When this returns, none of them writes any more.
    private void Release(List<int> partitions, string why)
    {
        var workers = partitions.Select(partition => _workers.TryRemove(partition, out var worker) ? worker : null).OfType<IPartitionWorker>().ToList();
        _pausedWhenReleased.UnionWith(partitions.Where(_paused.Remove));
        _observedAtMs = 0;
        foreach (var worker in workers)
            worker.RequestStop();
        foreach (var worker in workers)
        {
            worker.AwaitStop(why);
            worker.Dispose();
        }
    }
}
