using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Commands.Deciding;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Domain;

namespace Streaming.Commands.Processes;

/// <summary>Tells a partition's process managers when their deadlines have passed, by a command to the partition itself.</summary>
/// <remarks>
/// A timer lives nowhere but in the states: the owner of the partition reads it out of them after a restore and after each change, so none is
/// lost. A command that comes too late, or twice after a restart, is recognised by its id or by the decider. One thread at a time.
/// </remarks>
internal sealed class Timers<TCommand, TEvent, TState>(
    Process<TCommand, TEvent, TState> process,
    AggregateStates<TState> states,
    TopicPartition commands,
    RecordHeaders headers,
    RecordFormat format,
    TimeProvider time)
    where TCommand : class
    where TEvent : class
{
    private readonly DueTimes _dueTimes = new();
    private readonly List<(DateTimeOffset At, string AggregateId)> _due = [];

    /// <summary>Aggregates that wait for something with a deadline.</summary>
    public int Waiting => _dueTimes.Count;

    /// <summary>How long somebody may sleep who would otherwise do so for <paramref name="idle"/>.</summary>
    public TimeSpan Patience(TimeSpan idle)
    {
        if (_dueTimes.Next - time.GetUtcNow() is not { } next || next >= idle)
            return idle;
        // Rounded up: waking a moment before the time would be waking in vain.
        return next <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(next.TotalMilliseconds));
    }

    /// <summary>Reads the deadlines of all aggregates.</summary>
    public void Restored()
    {
        foreach (var (aggregateId, aggregate) in states.All)
            _dueTimes.Set(aggregateId, process.Deadline(aggregate.State));
    }

    /// <summary>Reads the deadlines of these aggregates.</summary>
    public void Changed(IEnumerable<string> aggregateIds)
    {
        foreach (var aggregateId in aggregateIds)
            _dueTimes.Set(aggregateId, process.Deadline(states.Find(aggregateId).State));
    }

    /// <summary>The commands for those whose deadline has passed, the longest overdue first.</summary>
    public IReadOnlyList<(TopicPartition To, Message<byte[], byte[]> Message)> Due(int countMax)
    {
        _due.Clear();
        _dueTimes.Collect(time.GetUtcNow(), countMax, _due);
        return _due.Count == 0 ? [] : [.. _due.Select(due => (commands, Command(due.At, due.AggregateId)))];
    }

    /// <summary>The commands of the last <see cref="Due"/> are in the log: none of them is sent again.</summary>
    public void Told()
    {
        foreach (var (at, aggregateId) in _due)
            _dueTimes.Told(at, aggregateId);
    }

    private Message<byte[], byte[]> Command(DateTimeOffset at, string aggregateId)
    {
        var command = (IAvroRecord)process.TimerDue(aggregateId, at);
        var key = RecordKeys.Utf8(aggregateId);
        return new Message<byte[], byte[]>
        {
            Key = key,
            Value = format.Encode(command),
            Headers = headers.OfCommand(RecordKeys.Utf8(ProcessIds.Timer(aggregateId, at)), command.AvroSchema.FullName, key),
        };
    }
}
