using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Records;
using Streaming.Commands.Restoring;
using Streaming.Commands.Writing;
using Streaming.Hosting.Kafka;

namespace Streaming.Commands.Snapshots;

/// <summary>Folds a context's whole log and compares every snapshot with the state at its version. Changes nothing, and may run at any time.</summary>
/// <remarks>Knows one partition at a time, so it takes the memory of its states, as a host does. Runs on the calling thread.</remarks>
/// <param name="prefix">Of the installation's topics; empty for none.</param>
public sealed class SnapshotVerification(KafkaOptions kafka, RecordFormat format, string prefix, CancellationToken cancellationToken)
    : ICommandContextUse<SnapshotReport>
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="CorruptLogException">The log itself breaks its rules.</exception>
    /// <exception cref="InvalidOperationException">The context has no snapshots.</exception>
    public SnapshotReport With<TCommand, TEvent, TState>(CommandContext<TCommand, TEvent, TState> context)
        where TCommand : class
        where TEvent : class
    {
        if (context.Snapshots is null)
            throw new InvalidOperationException($"{context.Topics.Context} has no snapshots: its states have no record.");
        context = context.WithPrefix(prefix);
        var report = new SnapshotReport(context.Topics.Context, 0, 0, 0, 0, 0, 0, null);
        using var consumer = Consumer();
        for (var partition = 0; partition < context.Topics.PartitionCount; partition++)
            report = report.Add(Verify(context, PartitionTopics.Of(context.Topics, partition), consumer));
        return report;
    }

    private SnapshotReport Verify<TCommand, TEvent, TState>(
        CommandContext<TCommand, TEvent, TState> context, PartitionTopics topics, IConsumer<byte[], byte[]> consumer)
        where TCommand : class
        where TEvent : class
    {
        // In this order: what a snapshot stands for is then among the events, and what explains a tombstone among the erasures.
        var snapshotsEnd = EndOf(consumer, topics.Snapshots);
        var eventsEnd = EndOf(consumer, topics.Events);
        var erasuresEnd = EndOf(consumer, topics.Erasures);

        var states = new AggregateStates<TState>(context.Decider.Initial);
        Read(consumer, topics.Erasures, erasuresEnd, new ErasureReading<TState>(states, format).Take);
        var comparison = new SnapshotComparison<TState>(topics.Events.Partition, context.Snapshots!, ReadSnapshots(context, topics, consumer, snapshotsEnd, states));

        var fold = new EventFold<TEvent, TState>(context.Decider.Evolve, states, format);
        Read(consumer, topics.Events, eventsEnd, record =>
        {
            if (record.Offset.Value >= comparison.CheckpointOffset)
                comparison.Reached(states);
            fold.Take(record);
            if (RecordKeys.TryReadEvent(record.Message.Key, out var key, out var sequence))
                comparison.Compare(RecordKeys.Text(key), sequence, states);
        });
        if (!fold.Repeated.IsEmpty)
            Read(consumer, topics.Events, eventsEnd, fold.Repeated.Check);
        return comparison.End(context.Topics.Context, fold.Count, states);
    }

    private SnapshotReading<TState> ReadSnapshots<TCommand, TEvent, TState>(
        CommandContext<TCommand, TEvent, TState> context, PartitionTopics topics, IConsumer<byte[], byte[]> consumer, long end, AggregateStates<TState> erased)
        where TCommand : class
        where TEvent : class
    {
        var reading = new SnapshotReading<TState>(erased.Empty(), new SnapshotReader<TState>(context.Snapshots!, format));
        Read(consumer, topics.Snapshots, end, reading.Take);
        return reading;
    }

    private void Read(IConsumer<byte[], byte[]> consumer, TopicPartition partition, long end, Action<ConsumeResult<byte[], byte[]>> take) =>
        CommittedRecords.ForEach(consumer, new(partition, 0), end, take, cancellationToken);

    private static long EndOf(IConsumer<byte[], byte[]> consumer, TopicPartition partition) =>
        consumer.QueryWatermarkOffsets(partition, RequestTimeout).High.Value;

    private IConsumer<byte[], byte[]> Consumer() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(kafka.ToClientConfig())
    {
        GroupId = $"{prefix}snapshot-verification",     // Asked for by the client, never used: nothing is committed.
        IsolationLevel = IsolationLevel.ReadCommitted,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnablePartitionEof = true,
        FetchWaitMaxMs = 10,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
    }).Build();
}
