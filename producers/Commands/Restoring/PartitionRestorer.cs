using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Commands.Deciding;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Writing;

namespace Streaming.Commands.Restoring;

/// <summary>Reads back what a partition's log says: the state of its aggregates, and what became of its latest commands.</summary>
/// <remarks>
/// First what was erased, then the snapshots, then the events from where the last whole round of snapshots began: those that a snapshot covers
/// are passed over. At the least doubt about the snapshots all of them are dropped, and the events are folded from the first one on: the log
/// is the truth, snapshots only make it faster to read. Runs on the partition's own thread.
/// </remarks>
internal sealed class PartitionRestorer<TCommand, TEvent, TState>(
    CommandContext<TCommand, TEvent, TState> context,
    PartitionTopics topics,
    ProcessorClients clients,
    CommandProcessorOptions options,
    RecordFormat format,
    TimeProvider time,
    ILogger logger)
    where TCommand : class
    where TEvent : class
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly RestoredPartition _restored = new();

    /// <param name="ends">Where each partition ended, open transactions included, when the predecessor was fenced.</param>
    public RestoredPartition Restore(
        AggregateStates<TState> states, ResultIndex index, IReadOnlyDictionary<TopicPartition, long> ends, KafkaAsking ask, CancellationToken stopping)
    {
        using (var consumer = clients.RestoringConsumer(topics.Commands, withHeaders: true))
        {
            Read(consumer, topics.Erasures, 0, ends[topics.Erasures], new ErasureReading<TState>(states, format).Take, stopping);
            var start = ReadSnapshots(consumer, states, ends, stopping);
            ReadResults(consumer, index, ends[topics.Results], ask, stopping);
            FoldEvents(states, start, ends[topics.Events], stopping);
        }

        states.Restored();
        index.Accept();
        return _restored;
    }

    // Where to fold from.
    private long ReadSnapshots(
        IConsumer<byte[], byte[]> consumer, AggregateStates<TState> states, IReadOnlyDictionary<TopicPartition, long> ends, CancellationToken stopping)
    {
        if (context.Snapshots is null)
            return 0;
        var end = ends[topics.Snapshots];
        var reading = new SnapshotReading<TState>(states, new SnapshotReader<TState>(context.Snapshots, format));
        Read(consumer, topics.Snapshots, 0, end, reading.Take, stopping);
        _restored.IgnoredSnapshots = reading.Ignored;
        if (reading is { Ignored: 0, Checkpoint: { } checkpoint })
        {
            if (checkpoint.EndOffset > ends[topics.Events])
                throw new CorruptLogException($"{topics.Snapshots} was written when {topics.Events} ended at {checkpoint.EndOffset}, but it ends at "
                    + $"{ends[topics.Events]}: the log has lost events. Restore it; or, if it is right as it is, delete the snapshots.");
            _restored.Snapshots = states.Count;
            return checkpoint.NextOffset;
        }

        if (reading.Ignored > 0)
            logger.SnapshotsIgnored(topics.Snapshots.Topic, topics.Snapshots.Partition, reading.Ignored, reading.FirstIgnored.Key, reading.FirstIgnored.Why);
        else if (end > 0)
            logger.NoCheckpoint(topics.Snapshots.Topic, topics.Snapshots.Partition);
        states.ForgetAll();
        return 0;
    }

    private void FoldEvents(AggregateStates<TState> states, long start, long end, CancellationToken stopping)
    {
        // Key and value are all that counts here; to be handed the headers would take longer than to fold (Benchmarks restore).
        using var consumer = clients.RestoringConsumer(topics.Commands, withHeaders: false);
        var fold = new EventFold<TEvent, TState>(context.Decider.Evolve, states, format);
        Read(consumer, topics.Events, start, end, fold.Take, stopping);
        if (!fold.Repeated.IsEmpty)
            Read(consumer, topics.Events, 0, end, fold.Repeated.Check, stopping);
        fold.End();
        (_restored.Events, _restored.FirstEventMs) = (fold.Count, fold.FirstMs);
    }

    private void ReadResults(IConsumer<byte[], byte[]> consumer, ResultIndex index, long end, KafkaAsking ask, CancellationToken stopping)
    {
        var from = new Timestamp(time.GetUtcNow().Subtract(options.DuplicatesWindow).UtcDateTime);
        var found = ask.Ask("OffsetsForTimes", () => consumer.OffsetsForTimes([new(topics.Results, from)], RequestTimeout)[0].Offset, stopping);
        var young = found.IsSpecial ? end : found.Value;
        // A transaction's marker takes an offset too, and a repeated command has several results: twice as many offsets, then.
        var enough = end - (2L * options.DuplicatesMax);
        Read(consumer, topics.Results, Math.Max(young, enough), end, new ResultReading(index, format, isCut: enough > young).Take, stopping);
    }

    private void Read(
        IConsumer<byte[], byte[]> consumer, TopicPartition partition, long start, long end, Action<ConsumeResult<byte[], byte[]>> take, CancellationToken stopping) =>
        CommittedRecords.ForEach(consumer, new(partition, start), end, record =>
        {
            _restored.Saw(record.Message.Timestamp.UnixTimestampMs);
            take(record);
        }, stopping);
}
