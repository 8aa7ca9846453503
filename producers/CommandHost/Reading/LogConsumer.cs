using Confluent.Kafka;

namespace Streaming.CommandHost.Reading;

/// <summary>Reads committed records from wherever its owner says. One thread.</summary>
/// <remarks>Outside any group, because each host has callers of its own: nothing is committed, and a host that starts reads anew.</remarks>
/// <typeparam name="TValue">What is wanted of a record's value.</typeparam>
internal sealed class LogConsumer<TValue> : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    private readonly IConsumer<byte[], TValue> _consumer;
    private readonly string _reads;
    private readonly ILogger _logger;

    /// <param name="reads">What it reads, for the log.</param>
    /// <param name="tune">Settings of its own: what it wants of a record, and how much at once.</param>
    /// <param name="values">Null: <typeparamref name="TValue"/> is what Kafka's client knows by itself.</param>
    public LogConsumer(ClientConfig kafka, string reads, ILogger logger, Action<ConsumerConfig>? tune = null, IDeserializer<TValue>? values = null)
    {
        (_reads, _logger) = (reads, logger);
        var config = new ConsumerConfig(kafka)
        {
            GroupId = "command-api",    // Asked for by the client, never used.
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
        };
        tune?.Invoke(config);
        var builder = new ConsumerBuilder<byte[], TValue>(config)
            .SetLogHandler((_, message) => logger.ResultsTroubled(reads, message.Message))
            .SetErrorHandler((_, error) => logger.ResultsTroubled(reads, error.Reason));
        if (values is not null)
            builder.SetValueDeserializer(values);
        _consumer = builder.Build();
    }

    /// <summary>Reads partitions from their start and then on, until stopped. Needs the records' topics.</summary>
    /// <param name="take">Gets each record, in order within its partition.</param>
    /// <param name="caughtUp">Called once, when what was there at the start is read.</param>
    public void Follow(
        IEnumerable<TopicPartition> partitions, Action<ConsumeResult<byte[], TValue>> take, Action caughtUp, CancellationToken stopping)
    {
        var behind = partitions.ToHashSet();
        _consumer.Assign(behind.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        if (behind.Count == 0)
            caughtUp();
        while (!stopping.IsCancellationRequested)
        {
            if (Consume() is not { } record)
                continue;
            if (!record.IsPartitionEOF)
                take(record);
            else if (behind.Remove(record.TopicPartition) && behind.Count == 0)
                caughtUp();
        }
    }

    /// <summary>Reads on from there, and nowhere else.</summary>
    public void Assign(TopicPartitionOffset from) => _consumer.Assign(from);

    /// <summary>Reads on without these.</summary>
    public void Pause(IEnumerable<TopicPartition> partitions) => _consumer.Pause(partitions);

    public void Unassign() => _consumer.Unassign();

    /// <summary>The next record, or the news that a partition ends here; null when there is none for a while, or the cluster cannot give it now.</summary>
    public ConsumeResult<byte[], TValue>? Consume()
    {
        try
        {
            return _consumer.Consume(PollTime);
        }
        catch (ConsumeException cause) when (!cause.Error.IsFatal)
        {
            _logger.ResultsTroubled(_reads, cause.Error.Reason);
            return null;
        }
    }

    public void Dispose() => _consumer.Dispose();
}
