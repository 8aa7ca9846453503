using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Commands.Incoming;
using Streaming.Contracts.Envelope;

namespace Streaming.Commands.Writing;

/// <summary>The CloudEvents headers of what the processor writes. Values that came with the command are passed on as the bytes they were.</summary>
internal sealed class RecordHeaders(string source)
{
    // The same in many records: one object each.
    private static readonly Header SpecVersion = new(HeaderNames.SpecVersion, Encoding.UTF8.GetBytes(HeaderNames.SpecVersionValue));
    private static readonly ConcurrentDictionary<string, Header> Types = new();

    private readonly Header _source = new(HeaderNames.Source, Encoding.UTF8.GetBytes(source));

    /// <summary>Of an event.</summary>
    /// <param name="eventType">Full name of its record.</param>
    /// <param name="eventId">A UUIDv7.</param>
    /// <param name="aggregateKey">The command's key: the aggregate id in UTF-8.</param>
    public Headers OfEvent(
        CommandEnvelope cause, byte[] aggregateKey, string eventType, Guid eventId, DateTimeOffset occurredAt, long sequence, byte[]? traceParent)
    {
        var headers = new Headers
        {
            SpecVersion,
            { HeaderNames.Id, Text(eventId) },
            Type(eventType),
            _source,
            { HeaderNames.Subject, aggregateKey },
            { HeaderNames.Time, Text(occurredAt) },
            { HeaderNames.Sequence, Text(sequence) },
            { HeaderNames.CausationId, cause.Id },
            { HeaderNames.CorrelationId, cause.CorrelationId ?? cause.Id },
        };
        AddWhereGiven(headers, HeaderNames.Actor, cause.Actor);
        AddWhereGiven(headers, HeaderNames.Tenant, cause.Tenant);
        AddWhereGiven(headers, HeaderNames.TraceParent, traceParent);
        return headers;
    }

    /// <summary>Of a result: few, because its value says the rest.</summary>
    /// <param name="key">The result's key, which is its CloudEvents id, too: a result written again is the same one.</param>
    /// <param name="commandRecordedAt">Timestamp of the command's record; a restored index of duplicates knows its age from here.</param>
    public Headers OfResult(CommandEnvelope cause, byte[] key, string resultType, DateTimeOffset commandRecordedAt, byte[]? traceParent)
    {
        var headers = new Headers
        {
            SpecVersion,
            { HeaderNames.Id, key },
            Type(resultType),
            _source,
            { HeaderNames.Time, Text(commandRecordedAt) },
            { HeaderNames.CausationId, cause.Id },
        };
        AddWhereGiven(headers, HeaderNames.CorrelationId, cause.CorrelationId);
        AddWhereGiven(headers, HeaderNames.TraceParent, traceParent);
        if (cause.ReplyTo is null)
            return headers;

        // The answer becomes a command of who asked, in the same name.
        headers.Add(HeaderNames.ReplyTo, cause.ReplyTo);
        AddWhereGiven(headers, HeaderNames.Actor, cause.Actor);
        AddWhereGiven(headers, HeaderNames.Tenant, cause.Tenant);
        return headers;
    }

    /// <summary>Of a command that follows from something.</summary>
    /// <param name="cause">What it follows from: a command's envelope, or that of an event or a result.</param>
    /// <param name="causationId">Key of the event or result that it follows from.</param>
    /// <param name="commandId">Made of its causes' ids: deciding again sends the same command again.</param>
    /// <param name="replyTo">Who hears the answer; null when nobody does.</param>
    public Headers OfCommand(
        CommandEnvelope cause, byte[] causationId, byte[] commandId, string commandType, byte[] aggregateKey, byte[]? replyTo, byte[]? traceParent)
    {
        var headers = OfCommand(commandId, commandType, aggregateKey);
        headers.Add(HeaderNames.CausationId, causationId);
        AddWhereGiven(headers, HeaderNames.CorrelationId, cause.CorrelationId ?? cause.Id);
        AddWhereGiven(headers, HeaderNames.ReplyTo, replyTo);
        AddWhereGiven(headers, HeaderNames.Actor, cause.Actor);
        AddWhereGiven(headers, HeaderNames.Tenant, cause.Tenant);
        AddWhereGiven(headers, HeaderNames.TraceParent, traceParent);
        return headers;
    }

    /// <summary>Of a command that follows from nothing but time.</summary>
    public Headers OfCommand(byte[] commandId, string commandType, byte[] aggregateKey) => new()
    {
        SpecVersion,
        { HeaderNames.Id, commandId },
        Type(commandType),
        _source,
        { HeaderNames.Subject, aggregateKey },
    };

    /// <summary>Of a snapshot, and of the checkpoint that ends a round of them.</summary>
    /// <param name="sequence">The version that the state stands for.</param>
    /// <param name="checksum">CRC-32C of the value.</param>
    public Headers OfSnapshot(byte[] key, string type, DateTimeOffset takenAt, long sequence, uint checksum) => new()
    {
        SpecVersion,
        { HeaderNames.Id, [.. key, (byte)'@', .. Text(sequence)] },
        Type(type),
        _source,
        { HeaderNames.Subject, key },
        { HeaderNames.Time, Text(takenAt) },
        { HeaderNames.Sequence, Text(sequence) },
        { HeaderNames.Checksum, Text(checksum) },
    };

    /// <summary>Of an erasure: who asked for it stands here, too.</summary>
    /// <param name="key">The command's key: the aggregate's id, which an erasure's id is made of.</param>
    public Headers OfErasure(CommandEnvelope cause, byte[] key, string type, DateTimeOffset erasedAt, long lastSequence)
    {
        var headers = new Headers
        {
            SpecVersion,
            { HeaderNames.Id, key },
            Type(type),
            _source,
            { HeaderNames.Subject, key },
            { HeaderNames.Time, Text(erasedAt) },
            { HeaderNames.Sequence, Text(lastSequence) },
            { HeaderNames.CausationId, cause.Id },
            { HeaderNames.CorrelationId, cause.CorrelationId ?? cause.Id },
        };
        AddWhereGiven(headers, HeaderNames.Actor, cause.Actor);
        AddWhereGiven(headers, HeaderNames.Tenant, cause.Tenant);
        return headers;
    }

    /// <summary>Notes on a command that is passed on when it was recorded first, unless that is noted already.</summary>
    public static void AddRecordedTime(Headers headers, Timestamp recorded)
    {
        if (!headers.TryGetLastBytes(HeaderNames.RecordedTime, out _))
            headers.Add(HeaderNames.RecordedTime, Text(DateTimeOffset.FromUnixTimeMilliseconds(recorded.UnixTimestampMs)));
    }

    /// <summary>Milliseconds since 1970 out of a <c>ce_time</c> header; null when it is no time.</summary>
    public static long? ReadTimeMs(byte[] header) =>
        DateTimeOffset.TryParse(
            Encoding.UTF8.GetString(header), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeMilliseconds()
            : null;

    private static void AddWhereGiven(Headers headers, string name, byte[]? value)
    {
        if (value is not null)
            headers.Add(name, value);
    }

    private static Header Type(string fullName) => Types.GetOrAdd(fullName, name => new Header(HeaderNames.Type, Encoding.UTF8.GetBytes(name)));

    // RFC 3339, which "O" of a UTC time is.
    private static byte[] Text(DateTimeOffset at) => Utf8(at.UtcDateTime, "O");

    private static byte[] Text(Guid id) => Utf8(id, "D");

    private static byte[] Text(long number) => Utf8(number, "D");

    private static byte[] Utf8<T>(T value, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[40];   // The longest is a GUID, 36.
        value.TryFormat(text, out var written, format, CultureInfo.InvariantCulture);
        return text[..written].ToArray();
    }
}
