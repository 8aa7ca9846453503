using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;

namespace Streaming.Commands.Restoring;

/// <summary>Reads back what a partition's log says: the state of its aggregates, and what became of its latest commands.</summary>
/// <remarks>
/// Reads committed records until past the end that both topics had, open transactions included, when the predecessor was fenced: then
/// nothing can come any more that is not in here. Runs on the partition's own thread.
/// </remarks>
internal sealed class PartitionRestorer<TEvent, TState>(
    TopicPartition events,
    TopicPartition results,
    Func<TState, TEvent, TState> evolve,
    AggregateStates<TState> states,
    ResultIndex index,
    RecordFormat format)
    where TEvent : class
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <param name="consumer">Assigned to nothing; reads committed records and reports the end of partitions.</param>
    /// <param name="eventsEnd">Read at least up to here.</param>
    /// <param name="resultsStart">Earlier results are not needed.</param>
    /// <param name="isCut">There are results before <paramref name="resultsStart"/> that are young enough to be needed, but too many.</param>
    public RestoredPartition Restore(
        IConsumer<byte[], byte[]> consumer, long eventsEnd, long resultsStart, long resultsEnd, bool isCut, CancellationToken stopping)
    {
        var restored = new RestoredPartition();
        var ends = new Dictionary<TopicPartition, long> { [events] = eventsEnd, [results] = resultsEnd };
        TopicPartitionOffset[] starts = [new(events, Offset.Beginning), new(results, resultsStart)];
        consumer.Assign(starts);
        while (ends.Count > 0)
        {
            stopping.ThrowIfCancellationRequested();
            var record = consumer.Consume(PollTime);
            if (record is null)
                continue;
            if (record.IsPartitionEOF)
            {
                // An end before the one awaited is that of the committed records; markers of the predecessor are still being written.
                if (ends.TryGetValue(record.TopicPartition, out var end) && record.Offset.Value >= end)
                    ends.Remove(record.TopicPartition);
                continue;
            }

            restored.NewestMs = Math.Max(restored.NewestMs, record.Message.Timestamp.UnixTimestampMs);
            if (record.Topic == events.Topic)
                Fold(record, restored);
            else
                Remember(record, ref isCut);
        }

        consumer.Unassign();
        index.Accept();
        return restored;
    }

    private void Fold(ConsumeResult<byte[], byte[]> record, RestoredPartition restored)
    {
        if (record.Message.Value is null)
            return;     // A tombstone: purged on purpose, with all that belongs to it.
        if (!EventKey.TryParse(record.Message.Key is null ? null : RecordKeys.Text(record.Message.Key), out var key))
            throw Corrupt(record, "its key is no event key, {aggregateId}@{sequence}");
        var aggregate = states.Find(key.AggregateId);
        if (key.Sequence != aggregate.Version + 1)
            throw Corrupt(record, $"{key.AggregateId} goes from sequence {aggregate.Version} to {key.Sequence}");

        states.Restore(key.AggregateId, new(evolve(aggregate.State, Event(record)), key.Sequence));
        restored.Events++;
    }

    private TEvent Event(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            var read = format.Decode(record.Message.Value);
            return read as TEvent ?? throw Corrupt(record, $"{read.AvroSchema.FullName} is no event of this topic");
        }
        catch (UndecodableRecordException cause)
        {
            throw Corrupt(record, cause.Message, cause);
        }
    }

    private void Remember(ConsumeResult<byte[], byte[]> record, ref bool isCut)
    {
        CommandResult? result;
        try
        {
            result = format.Decode(record.Message.Value) as CommandResult;
        }
        catch (UndecodableRecordException cause)
        {
            throw Corrupt(record, cause.Message, cause);
        }

        if (result is null or CommandRefused { Code: "expired" })
            return;     // An expired command is not decided, so there is nothing to repeat.
        var commandMs = record.Message.Headers.TryGetLastBytes(HeaderNames.Time, out var header) && RecordHeaders.ReadTimeMs(header) is { } sent
            ? sent
            : record.Message.Timestamp.UnixTimestampMs;
        commandMs = Math.Min(commandMs, record.Message.Timestamp.UnixTimestampMs);
        if (isCut)
        {
            index.ForgetUpTo(commandMs);
            isCut = false;
        }
        index.Restore(new ResultKey(result.AggregateId, result.CommandId), record.Message.Value, commandMs);
    }

    private static CorruptLogException Corrupt(ConsumeResult<byte[], byte[]> record, string why, Exception? cause = null) => new(
        $"{record.TopicPartitionOffset}: {why}. Nothing is decided on a log that is not whole: find out who wrote this record.", cause);
}

/// <summary>What restoring found.</summary>
internal sealed class RestoredPartition
{
    public long Events { get; set; }

    /// <summary>Newest timestamp of a record in either topic; 0 when both are empty.</summary>
    public long NewestMs { get; set; }
}

/// <summary>The log of a partition breaks its own rules.</summary>
public sealed class CorruptLogException(string message, Exception? cause = null) : Exception(message, cause);
