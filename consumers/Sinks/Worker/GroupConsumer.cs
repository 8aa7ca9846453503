using System.Collections.Concurrent;
using Confluent.Kafka;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>The consuming thread: polls, hands records to the workers of their partitions, and starts and stops these as the group assigns.</summary>
/// <remarks>Everything that changes what the consumer fetches runs on this thread; workers post it here.</remarks>
internal sealed class GroupConsumer : IDisposable
{
    private static readonly TimeSpan PollMax = TimeSpan.FromMilliseconds(50);

    private readonly WorkerContext _context;
    private readonly SinkStatus _status;
    private readonly ClusterView _cluster;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Dictionary<TopicPartition, PartitionFeed> _feeds = [];
    private readonly ConcurrentQueue<Action> _posted = new();

    public GroupConsumer(ConsumerConfig config, WorkerContext context, SinkStatus status, ClusterView cluster)
    {
        (_context, _status, _cluster) = (context, status, cluster);
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetPartitionsAssignedHandler((_, assigned) => OnAssigned(assigned))
            .SetPartitionsRevokedHandler((_, revoked) => OnRevoked(revoked))
            .SetPartitionsLostHandler((_, lost) => OnLost(lost))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => context.Logger.LibrdkafkaSays(message.Facility, message.Message))
            .Build();
    }

    /// <summary>Reads until <paramref name="stopping"/>; then every partition finishes its batch in hand, and the group is left.</summary>
    public void Run(IReadOnlyCollection<string> topics, CancellationToken stopping)
    {
        _consumer.Subscribe(topics);
        try
        {
            while (!stopping.IsCancellationRequested)
                Poll();
        }
        finally
        {
            _consumer.Close();   // Revokes what is left.
        }
    }

    public void Dispose() => _consumer.Dispose();

    /// <summary>Runs on the consuming thread before its next poll.</summary>
    internal void Post(Action action) => _posted.Enqueue(action);

    internal bool Owns(TopicPartition partition, PartitionFeed feed) => _feeds.TryGetValue(partition, out var present) && present == feed;

    private void Poll()
    {
        for (var waiting = _posted.Count; waiting > 0 && _posted.TryDequeue(out var action); waiting--)
            action();

        ConsumeResult<byte[]?, byte[]?>? record;
        try
        {
            record = _consumer.Consume(PollMax);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            OnConsumeError(cause);
            return;
        }

        if (record is null || !_feeds.TryGetValue(record.TopicPartition, out var feed))
            return;
        _status.Problem = null;
        if (record.IsPartitionEOF)
            feed.ReachedEnd(record.Offset);
        else
            feed.Deliver(record);
    }

    private List<TopicPartitionOffset> OnAssigned(List<TopicPartition> assigned)
    {
        _status.Problem = null;
        foreach (var partition in assigned)
        {
            var status = new PartitionStatus(partition.Topic, partition.Partition, new PartitionProgress(_context.Time));
            var feed = new PartitionFeed(partition, _consumer, this, _cluster, _context);
            feed.Worker = new PartitionWorker(_context, feed, status);
            _feeds[partition] = feed;
            _status.Add(status);
            feed.Pause();
            feed.Worker.Start();
        }

        // A position has to be given; records are dropped until the worker has asked its destination for the right one. A plain number, because
        // librdkafka asks the leader what "end" means, and an answer that comes late would win over the worker's seek.
        return [.. assigned.Select(partition => new TopicPartitionOffset(partition, 0))];
    }

    private void OnRevoked(List<TopicPartitionOffset> revoked) => Remove(revoked, worker => worker.StopAsync());

    private void OnLost(List<TopicPartitionOffset> lost) => Remove(lost, worker => worker.AbandonAsync());

    // The callback is synchronous, and the group waits for it: after its return the partitions are another host's.
    private void Remove(List<TopicPartitionOffset> partitions, Func<PartitionWorker, Task> end)
    {
        var ending = new List<Task>();
        foreach (var partition in partitions)
        {
            if (!_feeds.Remove(partition.TopicPartition, out var feed))
                continue;
            _status.Remove(feed.Worker.Status);
            ending.Add(EndAsync(feed.Worker, end));
        }

        Task.WhenAll(ending).GetAwaiter().GetResult();
    }

    private static async Task EndAsync(PartitionWorker worker, Func<PartitionWorker, Task> end)
    {
        await using (worker)
            await end(worker);
    }

    private void OnConsumeError(ConsumeException cause)
    {
        var partition = cause.ConsumerRecord?.TopicPartition;
        if (partition is not null && cause.Error.Code is ErrorCode.OffsetOutOfRange or ErrorCode.Local_AutoOffsetReset
            && _feeds.TryGetValue(partition!, out var feed))
        {
            if (feed.IsStarted)
                feed.Worker.Fail(new PartitionStoppedException($"the log has no such offset ({cause.Error.Reason}); it was cut while it was read."));
            return;
        }

        OnError(cause.Error);
    }

    private void OnError(Error error)
    {
        _context.Logger.KafkaSays(_context.Sink.Name, error.ToString());
        if (error.Code is ErrorCode.Local_AllBrokersDown)
            _status.Problem = "no broker of the Kafka cluster can be reached; trying on";
    }
}
