using Streaming.Avro;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tests.Support;

/// <summary>Values that a test needs and doesn't care about.</summary>
internal static class Some
{
    public const string Topic = "inventory.events";

    /// <summary>Every event type of every context, in its newest version.</summary>
    public static readonly IReadOnlyList<AvroRecordType> EventTypes =
        [.. AvroRecords.All.Where(type => IsEvent(type.ClrType) && !AvroRecords.All.Any(newer => Supersedes(newer.Schema, type.FullName)))];

    public static SourcePartition Source(int partition = 0, string cluster = "cluster-1") => new(cluster, Topic, "topic-1", partition);

    public static RecordedEvent Received(string sku, long offset, int quantity = 1, int partition = 0) => Recorded(
        new StockReceived(new Sku(sku), quantity, $"note {quantity}", null, quantity, 0, DateTimeOffset.UnixEpoch.AddYears(55)), sku, offset, partition);

    public static RecordedEvent Sold(string sku, long offset, int quantity = 1, int partition = 0) => Recorded(
        new StockSold(new Sku(sku), quantity, null, $"receipt {offset}", 100, 0, DateTimeOffset.UnixEpoch.AddYears(55)), sku, offset, partition);

    public static RecordedEvent Recorded(IAvroRecord record, string aggregateId, long offset, int partition = 0, string topic = Topic, RecordSchema? writer = null) => new()
    {
        Topic = topic,
        Partition = partition,
        Offset = offset,
        AggregateId = aggregateId,
        Sequence = offset + 1,
        EventId = new Guid((int)offset, (short)partition, 7, [1, 2, 3, 4, 5, 6, 7, 8]),
        // A thousand events a day.
        RecordedAt = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).AddSeconds(offset * 86.4),
        Record = record,
        SchemaId = 7,
        WriterSchema = writer ?? record.AvroSchema,
        Body = AvroEncoding.EncodeToArray(record),
        ContentHash = offset,
        CausationId = offset % 2 == 0 ? $"command-{offset}" : null,
    };

    public static EventBatch Batch(Checkpoint checkpoint, IReadOnlyList<RecordedEvent> events, SourcePartition? source = null, long? nextOffset = null) => new(
        source ?? Source(), events, nextOffset ?? events[^1].Offset + 1, checkpoint.Epoch, checkpoint.Fence,
        new GroupOffsets(null, nextOffset ?? events[^1].Offset + 1), SinkMode.CatchUp, checkpoint.SkippedBefore);

    /// <summary>A record of that type with values of all kinds.</summary>
    public static IAvroRecord Record(AvroRecordType type, Random random) => AvroEncoding.Decode(type, GenericEncoding.Encode(type.Schema, Value(type.Schema, random)));

    private static object? Value(AvroSchema schema, Random random) => schema switch
    {
        { LogicalType.Kind: LogicalTypeKind.Decimal } => new AvroDecimal(random.NextInt64(-1_000_000_000_000, 1_000_000_000_000), schema.LogicalType.Scale),
        { LogicalType.Kind: LogicalTypeKind.TimestampMicros } => random.NextInt64(0, 2_000_000_000_000_000),
        RecordSchema record => new GenericRecord(record, [.. record.Fields.Select(field => Value(field.Schema, random))]),
        EnumSchema symbols => symbols.Symbols[random.Next(symbols.Symbols.Count)],
        ArraySchema array => Enumerable.Range(0, random.Next(4)).Select(_ => Value(array.Items, random)).ToList(),
        UnionSchema union => random.Next(union.Branches.Count) is var index ? new GenericUnion(index, Value(union.Branches[index], random)) : null,
        _ => schema.Type switch
        {
            AvroType.Null => null,
            AvroType.Boolean => random.Next(2) == 0,
            AvroType.Int => random.Next(),
            AvroType.Long => random.NextInt64(),
            // A valid currency, sku, id and text alike.
            AvroType.String => "EUR",
            _ => throw new InvalidOperationException($"No value for {schema.TypeName}."),
        },
    };

    private static bool Supersedes(RecordSchema newer, string fullName) =>
        newer.Attributes.TryGetValue("supersedes", out var older) && older is JsonArray names && names.Items.Any(name => name is JsonString text && text.Value == fullName);

    private static bool IsEvent(Type type) =>
        type.IsSubclassOf(typeof(InventoryEvent)) || type.IsSubclassOf(typeof(OrderEvent)) || type.IsSubclassOf(typeof(AccountEvent)) || type.IsSubclassOf(typeof(FulfilmentEvent));
}
