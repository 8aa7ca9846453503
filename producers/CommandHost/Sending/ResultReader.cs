using Confluent.Kafka;
using Streaming.Commands.Records;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Sending;

/// <summary>Reads all partitions of a results topic, committed records only, and puts each result on the board.</summary>
/// <remarks>Outside any group: every host has callers of its own waiting, wherever their commands are decided.</remarks>
internal sealed class ResultReader(
    ContextTopics topics, KafkaOptions kafka, CommandApiOptions options, RecordFormat format, ResultBoard board, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the results from before the start are read: from then on nobody waits for a result that went by.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Runs on the calling thread until stopped.</summary>
    public void Run(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(kafka.ToClientConfig())
        {
            GroupId = "command-api",    // Asked for by the client, never used: nothing is committed.
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
        })
            .SetLogHandler((_, message) => logger.ResultsTroubled(topics.Results.Name, message.Message))
            .SetErrorHandler((_, error) => logger.ResultsTroubled(topics.Results.Name, error.Reason))
            .Build();
        var starts = Starts(consumer, stopping);
        consumer.Assign(starts);
        var behind = starts.Select(start => start.TopicPartition).ToHashSet();
        while (!stopping.IsCancellationRequested)
        {
            var record = Consume(consumer);
            if (record is null)
                continue;
            if (!record.IsPartitionEOF)
                Put(record, stopping);
            else if (behind.Remove(record.TopicPartition) && behind.Count == 0)
                _caughtUp.TrySetResult();
        }
    }

    // A broker that has just been given a partition refuses for a moment.
    private List<TopicPartitionOffset> Starts(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        var from = new Timestamp(time.GetUtcNow().Subtract(options.ResultsReadBack).UtcDateTime);
        var asked = Enumerable.Range(0, topics.PartitionCount)
            .Select(partition => new TopicPartitionTimestamp(new(topics.Results.Name, partition), from)).ToList();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                return consumer.OffsetsForTimes(asked, RequestTimeout);
            }
            catch (KafkaException cause) when (!cause.Error.IsFatal)
            {
                logger.ResultsTroubled(topics.Results.Name, cause.Error.Reason);
                stopping.WaitHandle.WaitOne(RetryDelay);
            }
        }

        return [];
    }

    private ConsumeResult<byte[], byte[]>? Consume(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(PollTime);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            logger.ResultsTroubled(topics.Results.Name, cause.Error.Reason);
            return null;
        }
    }

    private void Put(ConsumeResult<byte[], byte[]> record, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (format.Decode(record.Message.Value) is CommandResult result)
                    board.Add(result);
                return;
            }
            catch (UndecodableRecordException cause)
            {
                // Nobody can be waiting for it under a key that only its value tells.
                logger.ResultSkipped(record.Topic, record.Partition, record.Offset, cause.Message);
                return;
            }
            catch (RegistryUnavailableException cause)
            {
                logger.ResultsTroubled(topics.Results.Name, cause.Message);
                stopping.WaitHandle.WaitOne(RegistryWait);
            }
        }
    }
}
