using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Writing;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Routing;

/// <summary>Consumes, translates, produces: records and the position behind them in one transaction, so that each is routed exactly once.</summary>
/// <remarks>One thread for everything. What it has read and not committed it reads again after an abort; what it lost in a rebalance it drops,
/// and a commit that it should not make any more is refused by the group's generation.</remarks>
internal sealed class RouterLoop(
    RouterClients clients,
    IRecordTranslator translator,
    RouterOptions options,
    ParkedPartitions parked,
    RouterTelemetry telemetry,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbortDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(1);

    private readonly RouterBatch _batch = new();
    private readonly AnchoredWriter _writer = new(clients, options, time, logger);
    private readonly Dictionary<TopicPartition, long> _ends = [];
    private readonly List<TopicPartition> _cameBack = [];
    private volatile bool _hasJoined;
    private long _committedAt = time.GetTimestamp();
    private long _measuredAt = time.GetTimestamp();

    /// <summary>The group has told us our partitions, be it none.</summary>
    public bool HasJoined => _hasJoined;

    /// <summary>Runs on the calling thread until stopped; then leaves the group.</summary>
    public void Run(CancellationToken stopping)
    {
        using var consumer = clients.GroupConsumer()
            .SetPartitionsAssignedHandler((_, assigned) => Assigned(assigned))
            .SetPartitionsRevokedHandler((_, revoked) => Release(revoked))
            .SetPartitionsLostHandler((_, lost) => Release(lost))
            .Build();
        try
        {
            consumer.Subscribe(translator.Topics);
            while (!stopping.IsCancellationRequested)
            {
                _writer.TakeOver(stopping);
                Resume(consumer);
                Collect(consumer);
                if (IsDue)
                    Commit(consumer, stopping);
                MeasureLag(consumer);
            }
        }
        finally
        {
            _batch.Clear();
            _hasJoined = false;
            _writer.Leave();
            consumer.Close();
        }
    }

    // Commands wait for nobody. A position alone can: a transaction for each result that is somebody else's would cost more than it is worth.
    private bool IsDue => !_batch.IsEmpty && (_batch.HasCommands || _batch.Records >= options.BatchRecordsMax
        || time.GetElapsedTime(_committedAt).TotalMilliseconds >= options.IdleCommitMs);

    private void Collect(IConsumer<byte[], byte[]> consumer)
    {
        var patience = PollTime;
        while (Poll(consumer, patience) is { } record)
        {
            if (record.IsPartitionEOF)
                _ends[record.TopicPartition] = record.Offset.Value;
            else if (!TryAdd(consumer, record))
                return;
            if (_batch.Records >= options.BatchRecordsMax)
                return;
            patience = TimeSpan.Zero;
        }
    }

    private bool TryAdd(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            _batch.Add(record.TopicPartitionOffset, translator.Translate(record));
            parked.Recover(record.TopicPartition);
            return true;
        }
        catch (RegistryUnavailableException cause)
        {
            logger.RegistryAwaited(cause, record.Topic, record.Partition, record.Offset);
            Park(consumer, record, cause, RegistryWait);
        }
#pragma warning disable CA1031 // Whatever is wrong with the record or its route: the partition stops before it, loudly, and the others go on.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            logger.RecordNotRouted(cause, record.Topic, record.Partition, record.Offset, cause.Message);
            Park(consumer, record, cause, TimeSpan.FromMilliseconds(options.PoisonRetryMs));
        }

        return false;
    }

    private void Park(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record, Exception cause, TimeSpan rest)
    {
        consumer.Pause([record.TopicPartition]);
        consumer.Seek(record.TopicPartitionOffset);
        parked.Park(record.TopicPartition, $"{record.TopicPartitionOffset}: {cause.Message}", rest);
    }

    private void Resume(IConsumer<byte[], byte[]> consumer)
    {
        var resumed = parked.Rested();
        resumed.AddRange(_cameBack);
        _cameBack.Clear();
        if (resumed.Count > 0)
            consumer.Resume(resumed);
    }

    private void Commit(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        try
        {
            // The group as it is now: partitions that it has taken away are no longer in the batch.
            var commands = _batch.Commands;
            _writer.Current(stopping).Write(commands, _batch.NextOffsets, consumer.ConsumerGroupMetadata, stopping);
            telemetry.Committed(_batch.Records, commands.Count);
        }
        catch (Exception cause) when (cause is TransactionAbortedException or KafkaException { Error.IsFatal: true })
        {
            telemetry.Aborted();
            logger.RoutingAborted(cause, clients.Group, _batch.Records);
            foreach (var first in _batch.FirstOffsets)
                consumer.Seek(first);
            if (cause is KafkaException)
                _writer.Fenced();
            stopping.WaitHandle.WaitOne(AbortDelay);
        }

        _batch.Clear();
        _committedAt = time.GetTimestamp();
    }

    private ConsumeResult<byte[], byte[]>? Poll(IConsumer<byte[], byte[]> consumer, TimeSpan patience)
    {
        try
        {
            return consumer.Consume(patience);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            logger.ConsumerTroubled(clients.Group, cause.Error.Reason);
            return null;
        }
    }

    // A partition that was paused when it was taken away may still be paused in the client when it comes back. It is ours only after this.
    private void Assigned(List<TopicPartition> assigned)
    {
        _hasJoined = true;
        _cameBack.AddRange(assigned);
        _writer.Assigned(assigned);
    }

    private void Release(List<TopicPartitionOffset> released)
    {
        foreach (var partition in released.Select(from => from.TopicPartition))
        {
            _batch.Forget(partition);
            _ends.Remove(partition);
            _cameBack.Remove(partition);
            _writer.Released(partition);
            parked.Recover(partition);
            telemetry.Forget(partition);
        }
    }

    private void MeasureLag(IConsumer<byte[], byte[]> consumer)
    {
        if (time.GetElapsedTime(_measuredAt) < LagInterval)
            return;
        _measuredAt = time.GetTimestamp();
        foreach (var partition in consumer.Assignment)
        {
            var end = consumer.GetWatermarkOffsets(partition).High;
            var position = consumer.Position(partition);
            var reached = Math.Max(position.IsSpecial ? 0 : position.Value, _ends.GetValueOrDefault(partition));
            telemetry.Lag(partition, end.IsSpecial ? 0 : Math.Max(0, end.Value - reached));
        }
    }
}
