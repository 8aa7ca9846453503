using System.Text;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Tests.Support;

/// <summary>Records of one partition, and a decoder that knows them by their value: <c>poison</c> is none.</summary>
internal sealed class SomeRecords : IEventDecoder
{
    public const string Topic = "inventory.events";
    public const int Partition = 3;
    public const string Poison = "poison";

    private static readonly IAvroRecord _registered = new ProductRegistered(new Sku("A"), "A product", null, null, 0, 0, DateTimeOffset.UnixEpoch);

    public static LogRecord Record(long offset, string value = "event", int sizeBytes = 0) =>
        new(Topic, Partition, offset, DateTimeOffset.UnixEpoch, Key: Encoding.UTF8.GetBytes($"A@{offset + 1}"), Encoding.UTF8.GetBytes(value.PadRight(sizeBytes)), default);

    /// <summary>A record of another aggregate than all others are of; without a value, a tombstone.</summary>
    public static LogRecord Of(string aggregateId, long offset, string? value = "event") =>
        Record(offset) with { Key = Encoding.UTF8.GetBytes($"{aggregateId}@{offset + 1}"), Value = value is null ? null : Encoding.UTF8.GetBytes(value) };

    public ValueTask<RecordedEvent> DecodeAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetString(record.Value!) == Poison)
            throw new PoisonEventException(record.Offset, "it is poison");
        var key = EventKey.TryParse(Encoding.UTF8.GetString(record.Key!), out var parsed) ? parsed : throw new PoisonEventException(record.Offset, "its key is none");
        return ValueTask.FromResult(new RecordedEvent
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            AggregateId = key.AggregateId,
            Sequence = key.Sequence,
            EventId = Guid.Empty,
            RecordedAt = DateTimeOffset.UnixEpoch,
            Record = _registered,
            SchemaId = 1,
            WriterSchema = _registered.AvroSchema,
            Body = ReadOnlyMemory<byte>.Empty,
            ContentHash = 0,
        });
    }
}
