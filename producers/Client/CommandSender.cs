using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Serdes;

namespace Streaming.Client;

/// <summary>Writes commands to their topic, placed by Kafka's own hash of the aggregate's id.</summary>
internal sealed class CommandSender(IProducer<byte[], byte[]> producer, TopicDefinition topic, AvroSerializer<IAvroRecord> serializer, string source)
{
    private static readonly byte[] SpecVersion = Encoding.UTF8.GetBytes(HeaderNames.SpecVersionValue);

    private readonly byte[] _source = Encoding.UTF8.GetBytes(source);

    /// <summary>Encodes a command, so that it can be sent and compared.</summary>
    public OutgoingCommand Prepare(string aggregateId, string commandId, IAvroRecord command, Circumstances circumstances)
    {
        var name = command.AvroSchema.FullName;
        var value = serializer.Serialize(command, new SerializationContext(MessageComponentType.Value, topic.Name));
        return new(new ResultKey(aggregateId, commandId), name, value, circumstances, CommandHash.Of(name, value.AsSpan(WireFormat.PrefixBytes)));
    }

    /// <summary>Completes when the cluster has the command.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">It may or may not have it: the caller should send it again under the same id.</exception>
    public async Task SendAsync(OutgoingCommand command)
    {
        using var activity = ClientTelemetry.StartSending(topic.Name, command.Circumstances.TraceParent);
        var key = Encoding.UTF8.GetBytes(command.Key.AggregateId);
        var to = new TopicPartition(topic.Name, Murmur2.Partition(key, topic.PartitionCount));
        await producer.ProduceAsync(to, new Message<byte[], byte[]> { Key = key, Value = command.Value, Headers = Headers(command, activity) });
    }

    private Headers Headers(OutgoingCommand command, Activity? sending)
    {
        var headers = new Headers
        {
            { HeaderNames.SpecVersion, SpecVersion },
            { HeaderNames.Id, Encoding.UTF8.GetBytes(command.Key.CommandId) },
            { HeaderNames.Type, Encoding.UTF8.GetBytes(command.RecordName) },
            { HeaderNames.Source, _source },
        };
        var (expectedVersion, actor, tenant, correlationId, traceParent) = command.Circumstances;
        AddWhereGiven(headers, HeaderNames.ExpectedVersion, expectedVersion?.ToString(CultureInfo.InvariantCulture));
        AddWhereGiven(headers, HeaderNames.Actor, actor);
        AddWhereGiven(headers, HeaderNames.Tenant, tenant);
        AddWhereGiven(headers, HeaderNames.CorrelationId, correlationId);
        AddWhereGiven(headers, HeaderNames.TraceParent, sending?.Id ?? traceParent ?? CurrentTrace());
        return headers;
    }

    private static string? CurrentTrace() => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    private static void AddWhereGiven(Headers headers, string name, string? value)
    {
        if (value is not null)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
    }
}

/// <summary>A command as it goes to the topic.</summary>
/// <param name="Hash">What its result carries when it is the result of this very command, not of another under the same id.</param>
internal sealed record OutgoingCommand(ResultKey Key, string RecordName, byte[] Value, Circumstances Circumstances, byte[] Hash);
