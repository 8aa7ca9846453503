using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streaming.Contracts.Topics;

namespace Streaming.Client;

/// <summary>Reads all partitions of a results topic, committed records only, and puts each result on the board.</summary>
/// <remarks>Outside any group: every process has callers of its own waiting, wherever their commands are decided.</remarks>
internal sealed class ResultReader(
    TopicDefinition topic, ClientConfig kafka, TimeSpan readBack, ResultDecoder decoder, ResultBoard board, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the results from before the start are read: from then on nobody waits for a result that went by.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Runs on the calling thread until stopped. What ends it otherwise is thrown, to who waits to be caught up, too.</summary>
    public void Run(CancellationToken stopping)
    {
        try
        {
            Read(stopping);
            _caughtUp.TrySetCanceled(stopping);
        }
        catch (Exception cause)
        {
            _caughtUp.TrySetException(cause);
            throw;
        }
    }

    private void Read(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<string?, byte[]?>(new ConsumerConfig(kafka)
        {
            GroupId = "command-results",    // Asked for by the client, never used: nothing is committed.
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            ConsumeResultFields = "none",   // Key and value are always there; the rest costs more to hand over than they do.
        })
            .SetLogHandler((_, message) => logger.ClientTroubled(topic.Name, message.Message))
            .SetErrorHandler((_, error) => logger.ClientTroubled(topic.Name, error.Reason))
            .Build();
        var starts = Starts(consumer, stopping);
        consumer.Assign(starts);
        var behind = starts.Select(start => start.Partition).ToHashSet();
        while (!stopping.IsCancellationRequested)
        {
            var record = Consume(consumer);
            if (record is null)
                continue;
            if (!record.IsPartitionEOF)
                Put(record, stopping);
            else if (behind.Remove(record.Partition) && behind.Count == 0)
                _caughtUp.TrySetResult();
        }
    }

    // A broker that has just been given a partition refuses for a moment, and a host may yet have to create the topic.
    private List<TopicPartitionOffset> Starts(IConsumer<string?, byte[]?> consumer, CancellationToken stopping)
    {
        var from = new Timestamp(time.GetUtcNow().Subtract(readBack).UtcDateTime);
        var asked = Enumerable.Range(0, topic.PartitionCount)
            .Select(partition => new TopicPartitionTimestamp(new(topic.Name, partition), from)).ToList();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                CheckCount(consumer.Handle);
                return consumer.OffsetsForTimes(asked, RequestTimeout);
            }
            catch (KafkaException cause) when (!cause.Error.IsFatal)
            {
                logger.ClientTroubled(topic.Name, cause.Error.Reason);
                stopping.WaitHandle.WaitOne(RetryDelay);
            }
        }

        return [];
    }

    // Described, not asked for as metadata: that would create the topic on clusters that do so, with any number of partitions.
    private void CheckCount(Handle handle)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var names = TopicCollection.OfTopicNames([topic.Name]);
        var described = admin.DescribeTopicsAsync(names, new DescribeTopicsOptions { RequestTimeout = RequestTimeout }).GetAwaiter().GetResult();
        var count = described.TopicDescriptions.Single().Partitions.Count;
        if (count != topic.PartitionCount)
            throw new TopicCountException(topic.Name, count, topic.PartitionCount);
    }

    private ConsumeResult<string?, byte[]?>? Consume(IConsumer<string?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(PollTime);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            logger.ClientTroubled(topic.Name, cause.Error.Reason);
            return null;
        }
    }

    private void Put(ConsumeResult<string?, byte[]?> record, CancellationToken stopping)
    {
        if (record.Message is not { Key: { } key, Value: { } value })
            logger.ResultSkipped(topic.Name, record.Partition, record.Offset, "it has no key or no value");
        else if (decoder.Prepare(value, new(topic.Name, record.Partition, record.Offset), stopping))
            board.Add(key, value);
    }
}
