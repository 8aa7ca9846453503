using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.Worker;

/// <summary>One assigned partition on the consuming thread: delivers to its worker's queue, and pauses when that is full.</summary>
internal sealed class PartitionFeed(
    TopicPartition partition, IConsumer<byte[]?, byte[]?> consumer, GroupConsumer loop, ClusterView cluster, WorkerContext context) : IPartitionFeed
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private const int LogEndEvery = 1_024;

    private readonly TimeSpan _queueWait = TimeSpan.FromMilliseconds(context.Options.QueueWaitMs);
    private PartitionQueue? _queue;          // Null until the worker has said where to begin: what comes before is dropped.
    private long? _unconfirmed;              // Where the worker begins, until it is seen that librdkafka reads from there.
    private bool _isPausedByWorker;
    private bool _isPausedByQueue;
    private long _logEnd;
    private int _deliveredCount;

    public PartitionWorker Worker { get; set; } = null!;

    public bool IsStarted => _queue is not null;

    public async Task<PartitionFacts> LookAsync(CancellationToken cancellationToken)
    {
        var source = await cluster.IdentifyAsync(partition);
        return await Blocking.RunAsync(() =>
        {
            var committed = consumer.Committed([partition], RequestTimeout)[0].Offset;
            var ends = consumer.QueryWatermarkOffsets(partition, RequestTimeout);
            return new PartitionFacts(source, committed.IsSpecial ? null : committed.Value, ends.Low, ends.High);
        }, cancellationToken);
    }

    public Task CommitAsync(long offset) => Blocking.RunAsync(
        () => consumer.Commit([new TopicPartitionOffset(partition, offset)]), CancellationToken.None);

    public void Start(long offset, PartitionQueue queue) => loop.Post(() => Begin(offset, queue));

    public void Pause() => loop.Post(() => SetPaused(ref _isPausedByWorker, true));

    public void Resume() => loop.Post(() => SetPaused(ref _isPausedByWorker, false));

    /// <summary>Hands a record over. A full queue holds the thread up for a moment, then pauses the partition.</summary>
    public void Deliver(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (_queue is not { } queue || !IsConfirmed(record.Offset))
            return;
        if (_deliveredCount++ % LogEndEvery == 0)
            _logEnd = consumer.GetWatermarkOffsets(partition).High.Value;
        var taken = LogRecord.From(record);
        Worker.Status.Progress.Received(taken.Offset, taken.Timestamp, _logEnd);
        queue.Add(taken);
        if (_isPausedByQueue || queue.WaitForSpace(_queueWait))
            return;

        context.Logger.Paused(context.Sink.Name, partition.Topic, partition.Partition, record.Offset);
        SetPaused(ref _isPausedByQueue, true);
        loop.Post(ResumeWhenHalfEmpty);
    }

    public void ReachedEnd(long logEnd)
    {
        if (_queue is not null && IsConfirmed(logEnd) && Worker.Status.Progress.ReachedEnd(logEnd))
            context.Logger.ModeChanged(context.Sink.Name, partition.Topic, partition.Partition, logEnd, Worker.Status.Progress.Mode);
    }

    private void Begin(long offset, PartitionQueue queue)
    {
        if (!IsAssigned)
            return;
        try
        {
            consumer.Seek(new TopicPartitionOffset(partition, offset));
        }
        catch (KafkaException cause) when (cause.Error.Code == ErrorCode.Local_State)
        {
            loop.Post(() => Begin(offset, queue));   // The assignment has not reached librdkafka's fetcher yet.
            return;
        }

        _queue = queue;
        _unconfirmed = offset;
        SetPaused(ref _isPausedByWorker, false);
    }

    // What comes first should lie where the worker begins. Transaction markers and compaction may be in between; so may a seek that librdkafka
    // lost to something that was under way. Seeking once more, now that it fetches, tells the two apart.
    private bool IsConfirmed(long offset)
    {
        if (_unconfirmed is not { } begin)
            return true;
        _unconfirmed = null;
        if (offset == begin)
            return true;
        consumer.Seek(new TopicPartitionOffset(partition, begin));
        return false;
    }

    private void ResumeWhenHalfEmpty()
    {
        if (!_isPausedByQueue || !IsAssigned)
            return;
        if (_queue is { IsHalfEmpty: false })
            loop.Post(ResumeWhenHalfEmpty);
        else
            SetPaused(ref _isPausedByQueue, false);
    }

    // The worker and the queue may each want a pause: the partition goes on when neither does.
    private void SetPaused(ref bool reason, bool isPaused)
    {
        var was = _isPausedByWorker || _isPausedByQueue;
        reason = isPaused;
        var now = _isPausedByWorker || _isPausedByQueue;
        if (was == now || !IsAssigned)
            return;
        if (now)
            consumer.Pause([partition]);
        else
            consumer.Resume([partition]);
    }

    private bool IsAssigned => loop.Owns(partition, this);
}
