using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Avro;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Erasing;
using Streaming.Commands.Incoming;
using Streaming.Commands.Processes;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;
using Streaming.Domain;

namespace Streaming.Commands.Deciding;

/// <summary>Decides the commands of one partition, one after another, in memory. What follows from them goes to the outbox.</summary>
/// <remarks>Everything is speculative until <see cref="Accept"/>: <see cref="Drop"/> leaves no trace. One thread at a time.</remarks>
internal sealed class BatchDecider<TCommand, TEvent, TState>(
    CommandContext<TCommand, TEvent, TState> context,
    AggregateStates<TState> states,
    ResultIndex results,
    Outbox outbox,
    Timers<TCommand, TEvent, TState>? timers,
    RecordHeaders headers,
    RecordFormat format,
    ProcessorTelemetry telemetry,
    long lengthWarning,
    TimeProvider time,
    ILogger logger)
    where TCommand : class
    where TEvent : class
{
    private readonly BatchCounts _counts = new();
    private readonly EventIds _ids = new();
    private readonly RequestWriter _requests = new(context.Topics, context.Asks, headers, format, outbox);
    private readonly Dictionary<string, long> _long = [];
    private long _recordedMs;

    /// <summary>The traces that the batch in hand belongs to; empty while nobody listens.</summary>
    public List<ActivityContext> Traces { get; } = [];

    /// <summary>No record is written with an earlier timestamp than this: the newest one in the log.</summary>
    public void RecordNotBefore(long timestampMs) => _recordedMs = Math.Max(_recordedMs, timestampMs);

    /// <summary>Timestamp of what the batch in hand writes.</summary>
    public DateTimeOffset RecordedAt => DateTimeOffset.FromUnixTimeMilliseconds(_recordedMs);

    /// <summary>Events of the batch in hand.</summary>
    public int Events => _counts.Events;

    /// <param name="send">Sends what is in the outbox. Called whenever that is full; what is in it at the end is left to the caller.</param>
    public void Decide(IReadOnlyList<IncomingRecord> batch, Action send)
    {
        _recordedMs = Math.Max(_recordedMs, time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var incoming in batch)
        {
            Decide(incoming);
            if (outbox.IsFull)
                send();
        }
    }

    /// <summary>What was decided is in the log.</summary>
    public void Accept()
    {
        WarnOfLength();
        timers?.Changed(states.Changed);
        states.Accept();
        results.Accept();
        outbox.Clear();
        telemetry.Count(_counts);
        _counts.Clear();
        Traces.Clear();
    }

    /// <summary>What was decided is not in the log, and will be decided again.</summary>
    public void Drop()
    {
        states.Drop();
        results.Drop();
        outbox.Clear();
        _counts.Clear();
        Traces.Clear();
        _long.Clear();
    }

    private void WarnOfLength()
    {
        foreach (var (aggregateId, events) in _long)
            logger.StreamIsLong(context.Topics.Context, aggregateId, events);
        _long.Clear();
    }

    private void Decide(IncomingRecord incoming)
    {
        switch (incoming)
        {
            case Asked<TCommand> asked:
                Answer(asked);
                break;
            case Misplaced misplaced:
                _counts.Forwarded++;
                outbox.Forward(new(misplaced.Record.Topic, misplaced.Partition), PassedOn(misplaced.Record.Message));
                break;
            case Unanswerable unanswerable:
                _counts.Skipped++;
                logger.CommandSkipped(
                    unanswerable.Record.Topic, unanswerable.Record.Partition, unanswerable.Record.Offset, unanswerable.Why);
                break;
        }
    }

    // A new message, because a timestamp that the broker gave is none that a producer may send.
    private static Message<byte[], byte[]> PassedOn(Message<byte[], byte[]> message)
    {
        RecordHeaders.AddRecordedTime(message.Headers, message.Timestamp);
        return new() { Key = message.Key, Value = message.Value, Headers = message.Headers };
    }

    private void Answer(Asked<TCommand> asked)
    {
        var key = new CommandKey(asked.Record.Message.Key, asked.Envelope.Id!);
        var commandMs = asked.RecordedAt.ToUnixTimeMilliseconds();
        if (results.TryFind(key, out var before))
        {
            _counts.Repeated++;
            Write(asked, before, format.Decode(before).AvroSchema.FullName);
        }
        else if (results.IsExpired(commandMs))
        {
            // Not remembered: the same command may well have had a result before, and that one stays its answer.
            var expired = Refuse(asked, states.Find(asked.AggregateId).Version, Expired());
            Write(asked, format.Encode(expired), Name(expired));
        }
        else
        {
            var result = Decide(asked);
            var value = format.Encode(result);
            // A client's clock may be ahead; the age of what is forgotten must not be, or everybody else's commands expired with it.
            results.Add(key, value, Math.Min(commandMs, _recordedMs));
            Write(asked, value, Name(result));
        }
    }

    private IAvroRecord Decide(Asked<TCommand> asked)
    {
        if (states.FindErased(asked.AggregateId) is { } last)
            return Refuse(asked, last, Erasure.Erased(asked.AggregateId));
        var (state, version) = states.Find(asked.AggregateId);
        if (asked.Malformed is { } malformed)
            return Refuse(asked, version, malformed);
        if (asked.ExpectedVersion is { } expected && expected != version)
            return Refuse(asked, version, VersionConflict(asked.AggregateId, expected, version));

        if (asked.Erase is { } erase)
            return Erase(asked, erase, state, version);

        var command = context.Stamp(asked.Command!, asked.RecordedAt);
        using var activity = ProcessorTelemetry.StartDeciding(asked.Envelope.TraceParent, asked.Record);
        if (activity is not null)
            Traces.Add(activity.Context);
        var decision = context.Decider.Decide(command, state);
        if (decision.Refusal is { } refusal)
            return Refuse(asked, version, refusal);

        var traceParent = activity is null ? asked.Envelope.TraceParent : ProcessorTelemetry.TraceParent(activity);
        foreach (var happened in decision.Events)
        {
            state = context.Decider.Evolve(state, happened);
            var key = RecordKeys.Event(asked.Record.Message.Key, ++version);
            WriteEvent(asked, happened, key, version, traceParent);
            WriteRequests(asked, happened, state, key, traceParent);
        }

        if (decision.Events.Count > 0)
            states.Change(asked.AggregateId, new(state, version));
        if (StreamLength.IsNoteworthy(version - decision.Events.Count, version, lengthWarning))
            _long[asked.AggregateId] = version;
        _counts.Accepted++;
        return new CommandAccepted(asked.CommandId, asked.AggregateId, asked.Hash, version, decision.Events.Count);
    }

    private IAvroRecord Erase(Asked<TCommand> asked, EraseAggregate erase, TState state, long version)
    {
        if (version == 0 || context.IsClosed?.Invoke(state) is not true)
            return Refuse(asked, version, Erasure.NotClosed(asked.AggregateId, version));
        if (Erasure.Check(erase) is { } refusal)
            return Refuse(asked, version, refusal);

        var erased = new AggregateErased(asked.AggregateId, version, erase.Reason, erase.OccurredAt ?? asked.RecordedAt);
        Erasure.Write(
            outbox, headers, format, asked.Envelope, asked.Record.Message.Key, erased, new Timestamp(_recordedMs, TimestampType.CreateTime));
        states.Erase(asked.AggregateId);
        _counts.Accepted++;
        _counts.Erased++;
        return new CommandAccepted(asked.CommandId, asked.AggregateId, asked.Hash, version, EventCount: 0);
    }

    private CommandRefused Refuse(Asked<TCommand> asked, long version, Refusal refusal)
    {
        _counts.Refuse(refusal.Code);
        return new CommandRefused(asked.CommandId, asked.AggregateId, asked.Hash, version, refusal.Code, refusal.Reason);
    }

    private void WriteRequests(Asked<TCommand> asked, TEvent happened, TState state, byte[] eventKey, byte[]? traceParent)
    {
        if (context.Process is null)
            return;
        foreach (var request in context.Process.Requests(happened, state))
        {
            _counts.Requests++;
            _requests.Write(request, asked.Envelope, asked.AggregateId, eventKey, new Timestamp(_recordedMs, TimestampType.CreateTime), traceParent);
        }
    }

    private void WriteEvent(Asked<TCommand> asked, TEvent happened, byte[] key, long sequence, byte[]? traceParent)
    {
        var aggregateKey = asked.Record.Message.Key;
        var record = happened as IAvroRecord
            ?? throw new UnreachableException($"{happened.GetType().Name} is no Avro record: events come from schemas.");
        _counts.Events++;
        outbox.Event(new Message<byte[], byte[]>
        {
            Key = key,
            Value = format.Encode(record),
            Timestamp = new Timestamp(_recordedMs, TimestampType.CreateTime),
            Headers = headers.OfEvent(
                asked.Envelope, aggregateKey, Name(record),
                _ids.Next(_recordedMs), context.OccurredAt(happened), sequence, traceParent),
        });
    }

    private void Write(Asked<TCommand> asked, byte[] result, string resultType)
    {
        var message = asked.Record.Message;
        var key = RecordKeys.Result(message.Key, asked.Envelope.Id!);
        outbox.Result(new Message<byte[], byte[]>
        {
            Key = key,
            Value = result,
            Timestamp = new Timestamp(_recordedMs, TimestampType.CreateTime),
            Headers = headers.OfResult(asked.Envelope, key, resultType, asked.RecordedAt, asked.Envelope.TraceParent),
        });
    }

    private static string Name(IAvroRecord record) => record.AvroSchema.FullName;

    private Refusal Expired() => new(
        "expired",
        "The command was recorded before "
        + $"{DateTimeOffset.FromUnixTimeMilliseconds(results.ReachesBackToMs).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, from when on repeated "
        + "commands are recognised, and may have been decided already: look at the aggregate, then send it anew under another id.");

    private static Refusal VersionConflict(string aggregateId, long expected, long version) => new(
        "version-conflict",
        $"Version {expected} of {aggregateId} expected, but its current version is {version}: look at what changed, then send the command "
        + $"with expected version {version} under another id.");
}
