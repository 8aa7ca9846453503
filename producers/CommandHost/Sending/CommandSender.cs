using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Commands.Records;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;

namespace Streaming.CommandHost.Sending;

/// <summary>Writes commands to their topic, placed by Kafka's own hash of the aggregate's id.</summary>
internal sealed class CommandSender(IProducer<byte[], byte[]> producer, TopicDefinition topic, RecordFormat format)
{
    private static readonly byte[] SpecVersion = Encoding.UTF8.GetBytes(HeaderNames.SpecVersionValue);
    private static readonly byte[] Source = Encoding.UTF8.GetBytes("/streaming/command-api");

    /// <summary>Encodes a command, so that it can be sent and compared.</summary>
    public OutgoingCommand Prepare(string aggregateId, string commandId, IAvroRecord command, Circumstances circumstances)
    {
        var name = command.AvroSchema.FullName;
        var value = format.Encode(command);
        return new(new ResultKey(aggregateId, commandId), name, value, circumstances,
            CommandHash.Of(name, value.AsSpan(Serdes.WireFormat.PrefixBytes)));
    }

    /// <summary>Completes when the cluster has the command.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">It may or may not have it: the caller should send it again under the same id.</exception>
    public Task SendAsync(OutgoingCommand command)
    {
        var key = Encoding.UTF8.GetBytes(command.Key.AggregateId);
        var to = new TopicPartition(topic.Name, Murmur2.Partition(key, topic.PartitionCount));
        return producer.ProduceAsync(to, new Message<byte[], byte[]> { Key = key, Value = command.Value, Headers = Headers(command) });
    }

    private static Headers Headers(OutgoingCommand command)
    {
        var headers = new Headers
        {
            { HeaderNames.SpecVersion, SpecVersion },
            { HeaderNames.Id, Encoding.UTF8.GetBytes(command.Key.CommandId) },
            { HeaderNames.Type, Encoding.UTF8.GetBytes(command.RecordName) },
            { HeaderNames.Source, Source },
        };
        var (expectedVersion, actor, tenant, correlationId) = command.Circumstances;
        AddWhereGiven(headers, HeaderNames.ExpectedVersion, expectedVersion?.ToString(CultureInfo.InvariantCulture));
        AddWhereGiven(headers, HeaderNames.Actor, actor);
        AddWhereGiven(headers, HeaderNames.Tenant, tenant);
        AddWhereGiven(headers, HeaderNames.CorrelationId, correlationId);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } traceParent })
            headers.Add(HeaderNames.TraceParent, Encoding.UTF8.GetBytes(traceParent));
        return headers;
    }

    private static void AddWhereGiven(Headers headers, string name, string? value)
    {
        if (value is not null)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
    }
}

/// <summary>A command as it goes to the topic.</summary>
/// <param name="Hash">What its result carries when it is the result of this very command, not of another under the same id.</param>
internal sealed record OutgoingCommand(ResultKey Key, string RecordName, byte[] Value, Circumstances Circumstances, byte[] Hash);

/// <summary>What goes along with a command without being part of it; null where nobody said.</summary>
/// <param name="ExpectedVersion">The command is only decided on this version of its aggregate.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="Tenant">On whose behalf.</param>
/// <param name="CorrelationId">What the caller ties several commands together by.</param>
internal sealed record Circumstances(long? ExpectedVersion, string? Actor = null, string? Tenant = null, string? CorrelationId = null);
