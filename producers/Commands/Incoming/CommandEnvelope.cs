using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;

namespace Streaming.Commands.Incoming;

/// <summary>The headers of a record that matter here, as they came. What goes on to events, results and commands goes on byte by byte.</summary>
internal readonly struct CommandEnvelope
{
    public byte[]? Id { get; private init; }
    public byte[]? Type { get; private init; }
    public byte[]? ExpectedVersion { get; private init; }
    public byte[]? CorrelationId { get; private init; }
    public byte[]? Actor { get; private init; }
    public byte[]? Tenant { get; private init; }
    public byte[]? TraceParent { get; private init; }

    /// <summary>Of a request and of its result: who hears the answer.</summary>
    public byte[]? ReplyTo { get; private init; }

    /// <summary>Of a command that was passed on: when it was first recorded.</summary>
    public byte[]? RecordedTime { get; private init; }

    /// <summary>One pass over the headers; of several with one name the last counts, as in Kafka's own clients.</summary>
    public static CommandEnvelope Read(Headers? headers)
    {
        byte[]? id = null, type = null, expectedVersion = null, correlationId = null, actor = null, tenant = null, traceParent = null,
            replyTo = null, recordedTime = null;
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var header = headers![i];
            switch (header.Key)
            {
                case HeaderNames.Id: id = header.GetValueBytes(); break;
                case HeaderNames.Type: type = header.GetValueBytes(); break;
                case HeaderNames.ExpectedVersion: expectedVersion = header.GetValueBytes(); break;
                case HeaderNames.CorrelationId: correlationId = header.GetValueBytes(); break;
                case HeaderNames.Actor: actor = header.GetValueBytes(); break;
                case HeaderNames.Tenant: tenant = header.GetValueBytes(); break;
                case HeaderNames.TraceParent: traceParent = header.GetValueBytes(); break;
                case HeaderNames.ReplyTo: replyTo = header.GetValueBytes(); break;
                case HeaderNames.RecordedTime: recordedTime = header.GetValueBytes(); break;
            }
        }

        return new CommandEnvelope
        {
            Id = id,
            Type = type,
            ExpectedVersion = expectedVersion,
            CorrelationId = correlationId,
            Actor = actor,
            Tenant = tenant,
            TraceParent = traceParent,
            ReplyTo = replyTo,
            RecordedTime = recordedTime,
        };
    }

    public static string Text(byte[] header) => Encoding.UTF8.GetString(header);
}
