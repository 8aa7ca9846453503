using Confluent.Kafka;
using Streaming.Commands.Incoming;
using Streaming.Commands.Records;
using Streaming.Commands.Writing;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Domain;

namespace Streaming.Commands.Processes;

/// <summary>Puts what a process manager asks of other contexts into the outbox: sent in the transaction of the event that asks it, or not at all.</summary>
internal sealed class RequestWriter(ContextTopics own, IReadOnlyList<ContextTopics> asked, RecordHeaders headers, RecordFormat format, Outbox outbox)
{
    private readonly Dictionary<string, TopicDefinition> _commands = asked.ToDictionary(topics => topics.Context, topics => topics.Commands);

    /// <param name="cause">The command that led to the event.</param>
    /// <param name="aggregateId">The process manager.</param>
    /// <param name="eventKey">Of the event that asks.</param>
    public void Write(Request request, CommandEnvelope cause, string aggregateId, byte[] eventKey, Timestamp recordedAt, byte[]? traceParent)
    {
        if (!_commands.TryGetValue(request.Context, out var topic))
            throw new UnknownContextException(own.Context, request.Context);
        var replyTo = ProcessIds.ReplyTo(own.Context, aggregateId);
        var id = ProcessIds.Request(replyTo, request.Name);
        if (!CommandId.IsValid(id))
            throw new InvalidOperationException($"{aggregateId} asks under the id {id}, which is no command id: give its requests shorter names.");

        var key = RecordKeys.Utf8(request.AggregateId);
        outbox.Request(new TopicPartition(topic.Name, Murmur2.Partition(key, topic.PartitionCount)), new Message<byte[], byte[]>
        {
            Key = key,
            Value = format.Encode(request.Command),
            Timestamp = recordedAt,
            Headers = headers.OfCommand(
                cause, eventKey, RecordKeys.Utf8(id), request.Command.AvroSchema.FullName, key, RecordKeys.Utf8(replyTo), traceParent),
        });
    }
}

/// <summary>A process asks a context whose topics are not known.</summary>
public sealed class UnknownContextException(string context, string asked) : Exception(
    $"{context} asks {asked}, whose topics are not known here: add {asked} to {nameof(CommandContext)}.Asks of {context}.");
