using System.Collections.Concurrent;
using System.Text;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;

namespace Streaming.Sinks.Events;

/// <summary>Reads a record as the contract has it: key <c>{aggregateId}@{sequence}</c>, CloudEvents headers, value in Confluent wire format.</summary>
internal sealed class EventDecoder(RecordReaders readers) : IEventDecoder
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ConcurrentDictionary<RecordReader, long> _nameHashes = new();

    public ValueTask<RecordedEvent> DecodeAsync(LogRecord record, CancellationToken cancellationToken)
    {
        var value = record.Value
            ?? throw Poison(record, "it is a tombstone: an event was deleted, and nothing says by whom and why.");
        if (!WireFormat.TryRead(value, out var schemaId, out _, out var why))
            throw Poison(record, $"its value has no registry prefix ({why}); its producer writes without the registry's serializer.");

        var finding = readers.FindAsync(schemaId, cancellationToken);
        return finding.IsCompletedSuccessfully
            ? ValueTask.FromResult(Decode(record, value, finding.Result))
            : FinishAsync(finding, record, value);
    }

    private async ValueTask<RecordedEvent> FinishAsync(ValueTask<RecordReader> finding, LogRecord record, byte[] value)
    {
        try
        {
            return Decode(record, value, await finding);
        }
        catch (UndecodableRecordException cause)
        {
            throw Poison(record, cause.Message, cause);
        }
    }

    private RecordedEvent Decode(LogRecord record, byte[] value, RecordReader reader)
    {
        var key = Key(record);
        if (record.Headers.HasBadText)
            throw Poison(record, "a header is no UTF-8.");
        var body = value.AsMemory(WireFormat.PrefixBytes);
        try
        {
            return new RecordedEvent
            {
                Topic = record.Topic,
                Partition = record.Partition,
                Offset = record.Offset,
                AggregateId = key.AggregateId,
                Sequence = key.Sequence,
                EventId = record.Headers.Id ?? throw Poison(record, $"its header {HeaderNames.Id} is missing, or no UUID."),
                RecordedAt = record.Timestamp,
                Record = reader.Read(body.Span),
                SchemaId = reader.SchemaId,
                WriterSchema = reader.Writer,
                Body = body,
                ContentHash = Hash(body.Span) ^ NameHash(reader),
                CausationId = record.Headers.CausationId,
                CorrelationId = record.Headers.CorrelationId,
                Actor = record.Headers.Actor,
            };
        }
        catch (UndecodableRecordException cause)
        {
            throw Poison(record, cause.Message, cause);
        }
    }

    // Tells records of the same body and different names apart.
    private long NameHash(RecordReader reader) => _nameHashes.TryGetValue(reader, out var known)
        ? known
        : _nameHashes.GetOrAdd(reader, Hash(Encoding.UTF8.GetBytes(reader.Writer.FullName)));

    /// <summary>FNV-1a, 64 bits: it tells accidental differences, costs little, and stays the same between processes and versions.</summary>
    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong OffsetBasis = 14_695_981_039_346_656_037;
        const ulong Prime = 1_099_511_628_211;
        var hash = OffsetBasis;
        foreach (var next in bytes)
            hash = unchecked((hash ^ next) * Prime);
        return unchecked((long)hash);
    }

    private static EventKey Key(LogRecord record)
    {
        try
        {
            var text = record.Key is { } bytes ? _utf8.GetString(bytes) : null;
            return EventKey.TryParse(text, out var key)
                ? key
                : throw Poison(record, $"its key is {(text is null ? "missing" : $"'{text}'")} instead of aggregate@sequence.");
        }
        catch (DecoderFallbackException cause)
        {
            throw Poison(record, "its key is no UTF-8.", cause);
        }
    }

    private static PoisonEventException Poison(LogRecord record, string what, Exception? cause = null) => new(
        record.Offset, $"the record at {record.Topic}-{record.Partition}@{record.Offset} is no event: {what}", cause);
}
