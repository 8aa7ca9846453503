using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;

namespace Streaming.Sinks.Events;

/// <summary>Reads a record as the contract has it: key <c>{aggregateId}@{sequence}</c>, CloudEvents headers, value in Confluent wire format.</summary>
internal sealed class EventDecoder(RecordReaders readers) : IEventDecoder
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ConcurrentDictionary<RecordReader, long> _nameHashes = new();

    public ValueTask<RecordedEvent> DecodeAsync(ConsumeResult<byte[]?, byte[]?> record, CancellationToken cancellationToken)
    {
        var value = record.Message.Value
            ?? throw Poison(record, "it is a tombstone: an event was deleted, and nothing says by whom and why.");
        if (!WireFormat.TryRead(value, out var schemaId, out _, out var why))
            throw Poison(record, $"its value has no registry prefix ({why}); its producer writes without the registry's serializer.");

        var finding = readers.FindAsync(schemaId, cancellationToken);
        return finding.IsCompletedSuccessfully
            ? ValueTask.FromResult(Decode(record, value, finding.Result))
            : FinishAsync(finding, record, value);
    }

    private async ValueTask<RecordedEvent> FinishAsync(ValueTask<RecordReader> finding, ConsumeResult<byte[]?, byte[]?> record, byte[] value)
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

    private RecordedEvent Decode(ConsumeResult<byte[]?, byte[]?> record, byte[] value, RecordReader reader)
    {
        var key = Key(record);
        var body = value.AsMemory(WireFormat.PrefixBytes);
        try
        {
            var headers = EventHeaders.Read(record.Message.Headers);
            return new RecordedEvent
            {
                Topic = record.Topic,
                Partition = record.Partition,
                Offset = record.Offset,
                AggregateId = key.AggregateId,
                Sequence = key.Sequence,
                EventId = headers.Id ?? throw Poison(record, $"its header {HeaderNames.Id} is missing, or no UUID."),
                RecordedAt = new DateTimeOffset(record.Message.Timestamp.UtcDateTime),
                Record = reader.Read(body.Span),
                SchemaId = reader.SchemaId,
                WriterSchema = reader.Writer,
                Body = body,
                ContentHash = Hash(body.Span) ^ NameHash(reader),
                CausationId = headers.CausationId,
                CorrelationId = headers.CorrelationId,
                Actor = headers.Actor,
            };
        }
        catch (UndecodableRecordException cause)
        {
            throw Poison(record, cause.Message, cause);
        }
        catch (DecoderFallbackException cause)
        {
            throw Poison(record, "a header is no UTF-8.", cause);
        }
    }

    // Tells records of the same body and different names apart.
    private long NameHash(RecordReader reader) => _nameHashes.TryGetValue(reader, out var known)
        ? known
        : _nameHashes.GetOrAdd(reader, Hash(Encoding.UTF8.GetBytes(reader.Writer.FullName)));

    /// <summary>The first eight bytes of SHA-256: enough to tell accidental differences, and small in a row.</summary>
    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    private static EventKey Key(ConsumeResult<byte[]?, byte[]?> record)
    {
        try
        {
            var text = record.Message.Key is { } bytes ? _utf8.GetString(bytes) : null;
            return EventKey.TryParse(text, out var key)
                ? key
                : throw Poison(record, $"its key is {(text is null ? "missing" : $"'{text}'")} instead of aggregate@sequence.");
        }
        catch (DecoderFallbackException cause)
        {
            throw Poison(record, "its key is no UTF-8.", cause);
        }
    }

    private static PoisonEventException Poison(ConsumeResult<byte[]?, byte[]?> record, string what, Exception? cause = null) => new(
        record.Offset, $"the record at {record.Topic}-{record.Partition.Value}@{record.Offset.Value} is no event: {what}", cause);
}
