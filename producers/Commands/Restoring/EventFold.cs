using System.Text;
using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Serdes;

namespace Streaming.Commands.Restoring;

/// <summary>Folds the events of a partition, one after another, into the states of its aggregates.</summary>
/// <remarks>An aggregate's sequences go 1, 2, 3 …; whatever breaks that, and is not explained by a snapshot, a repetition or an erasure, stops
/// everything: nothing may be decided on such a log.</remarks>
internal sealed class EventFold<TEvent, TState>(Func<TState, TEvent, TState> evolve, AggregateStates<TState> states, RecordFormat format)
    where TEvent : class
{
    private const int StackCharsMax = 256;

    // How far the events of an aggregate came that its snapshot covers.
    private readonly Dictionary<string, long> _covered = [];

    /// <summary>Events that were folded.</summary>
    public long Count { get; private set; }

    /// <summary>Timestamp of the first of them; 0 when there is none.</summary>
    public long FirstMs { get; private set; }

    /// <summary>Records that say again what was folded before, if they do: that is still to be checked.</summary>
    public Repetitions Repeated { get; } = new();

    public void Take(ConsumeResult<byte[], byte[]> record)
    {
        if (!RecordKeys.TryReadEvent(record.Message.Key, out var aggregateKey, out var sequence))
            throw CorruptLogException.At(record.TopicPartitionOffset, "its key is no event key, {aggregateId}@{sequence}");
        var chars = aggregateKey.Length <= StackCharsMax ? stackalloc char[StackCharsMax] : new char[aggregateKey.Length];
        ReadOnlySpan<char> aggregateId = chars[..Encoding.UTF8.GetChars(aggregateKey, chars)];

        if (states.IsErased(aggregateId))
            return;
        if (record.Message.Value is null)
            throw CorruptLogException.At(record.TopicPartitionOffset, $"it deletes an event of {aggregateId}, which nobody has erased");
        ref var aggregate = ref states.Restoring(aggregateId);
        if (sequence == aggregate.Version + 1)
        {
            aggregate = aggregate with { State = evolve(aggregate.State, Event(record)), Version = sequence };
            if (Count++ == 0)
                FirstMs = record.Message.Timestamp.UnixTimestampMs;
        }
        else if (sequence > aggregate.Version)
        {
            throw CorruptLogException.At(record.TopicPartitionOffset, $"{aggregateId} goes from sequence {aggregate.Version} to {sequence}");
        }
        else if (sequence <= aggregate.SnapshotVersion)
        {
            var id = aggregateId.ToString();
            _covered[id] = Math.Max(sequence, _covered.GetValueOrDefault(id));
        }
        else
        {
            Repeated.Add(record);
        }
    }

    /// <summary>All events were taken.</summary>
    /// <exception cref="CorruptLogException">A snapshot knows of more events than there are.</exception>
    public void End()
    {
        foreach (var (id, sequence) in _covered)
        {
            if (states.Find(id).SnapshotVersion is var version && sequence < version)
                throw new CorruptLogException($"The snapshot of {id} stands for version {version}, but its events end at {sequence}: the log has lost events. "
                    + "Restore it; or, if it is right as it is, delete the snapshots.");
        }
    }

    private TEvent Event(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            var read = format.Decode(record.Message.Value);
            return read as TEvent
                ?? throw CorruptLogException.At(record.TopicPartitionOffset, $"{read.AvroSchema.FullName} is no event of this topic");
        }
        catch (UndecodableRecordException cause)
        {
            throw CorruptLogException.At(record.TopicPartitionOffset, cause.Message, cause);
        }
    }
}
