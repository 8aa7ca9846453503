using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Commands.Incoming;
using Streaming.Commands.Processes;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Domain;

namespace Streaming.Commands.Routing;

/// <summary>Turns records of other contexts into commands of a process manager: events by its routes, results that answer its requests.</summary>
/// <remarks>A command's id is made of the record's key, so that routing a record again makes the same command again.</remarks>
/// <param name="context">With the installation's prefix.</param>
/// <param name="routes">With the installation's prefix.</param>
internal sealed class RecordTranslator<TCommand, TEvent, TState>(
    CommandContext<TCommand, TEvent, TState> context, IReadOnlyList<EventRoute<TCommand>> routes, RecordFormat format) : IRecordTranslator
    where TCommand : class
    where TEvent : class
{
    private const string Source = "/streaming/router";

    private readonly Process<TCommand, TEvent, TState> _process =
        context.Process ?? throw new ArgumentException($"{context.Topics.Context} has no {nameof(context.Process)}, so nothing is routed to it.", nameof(context));

    private readonly RecordHeaders _headers = new(Source);
    private readonly Dictionary<string, EventRoute<TCommand>> _events = routes.ToDictionary(route => route.From.Events.Name);
    private readonly Dictionary<string, ContextTopics> _results = context.Asks.ToDictionary(asked => asked.Results.Name);

    public IReadOnlyCollection<string> Topics => [.. _events.Keys, .. _results.Keys];

    public (TopicPartition To, Message<byte[], byte[]> Message)? Translate(ConsumeResult<byte[], byte[]> record) =>
        _events.TryGetValue(record.Topic, out var route) ? FromEvent(record, route) : FromResult(record, _results[record.Topic]);

    private (TopicPartition To, Message<byte[], byte[]> Message)? FromEvent(ConsumeResult<byte[], byte[]> record, EventRoute<TCommand> route)
    {
        if (record.Message.Value is null)
            return null;    // A tombstone: purged on purpose, and routed long ago.
        if (record.Message.Key is null)
            throw new InvalidDataException("it has no key, and events have one");
        return route.ToCommand(format.Decode(record.Message.Value)) is not { } command ? null
            : Command(record, command, ProcessIds.Routed(route.From.Context, RecordKeys.Text(record.Message.Key)));
    }

    // The header first: most results answer somebody else, and whether they can be read is none of this process's business.
    private (TopicPartition To, Message<byte[], byte[]> Message)? FromResult(ConsumeResult<byte[], byte[]> record, ContextTopics answering)
    {
        if (!record.Message.Headers.TryGetLastBytes(HeaderNames.ReplyTo, out var header))
            return null;
        var replyTo = RecordKeys.Text(header);
        if (!ProcessIds.IsFor(context.Topics.Context, replyTo, out var aggregateId))
            return null;

        var result = format.Decode(record.Message.Value) as CommandResult ?? throw new InvalidDataException("it is no result");
        // Somebody gave this address to a command of their own: there is no request that this could answer.
        if (!ProcessIds.TryRequestName(replyTo, result.CommandId, out var name))
            return null;
        var refused = result as CommandRefused;
        var answer = new Answer(aggregateId, name, IsAccepted: refused is null, refused?.Code, refused?.Reason);
        return Command(record, _process.Answered(answer), ProcessIds.Answer(answering.Context, result.AggregateId, result.CommandId));
    }

    private (TopicPartition To, Message<byte[], byte[]> Message) Command(ConsumeResult<byte[], byte[]> cause, TCommand command, string commandId)
    {
        var record = (IAvroRecord)command;
        var envelope = CommandEnvelope.Read(cause.Message.Headers);
        var key = RecordKeys.Utf8(context.AggregateId(command));
        var commands = context.Topics.Commands;
        return (new(commands.Name, Murmur2.Partition(key, commands.PartitionCount)), new Message<byte[], byte[]>
        {
            Key = key,
            Value = format.Encode(record),
            Headers = _headers.OfCommand(
                envelope, cause.Message.Key, RecordKeys.Utf8(commandId), record.AvroSchema.FullName, key, replyTo: null, envelope.TraceParent),
        });
    }
}

/// <summary>A translator, whatever its records are.</summary>
internal interface IRecordTranslator
{
    /// <summary>What it can translate records of.</summary>
    IReadOnlyCollection<string> Topics { get; }

    /// <summary>The command that a record becomes; null when it is of no interest.</summary>
    /// <exception cref="Exception">The record cannot be understood, now or ever; nothing behind it may be routed before it.</exception>
    (TopicPartition To, Message<byte[], byte[]> Message)? Translate(ConsumeResult<byte[], byte[]> record);
}
