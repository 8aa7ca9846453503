using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>Values that a test needs and doesn't care about.</summary>
internal static class Some
{
    public const string Topic = "inventory.events";

    public static SourcePartition Source(int partition = 0, string cluster = "cluster-1", string topicId = "topic-1") =>
        new(cluster, Topic, topicId, partition);

    public static RecordedEvent Recorded(InventoryEvent happened, long sequence, long offset, DateTimeOffset? recordedAt = null)
    {
        var record = (IAvroRecord)happened;
        var body = AvroEncoding.EncodeToArray(record);
        return new RecordedEvent
        {
            Topic = Topic,
            Partition = 0,
            Offset = offset,
            AggregateId = happened.Sku.Value,
            Sequence = sequence,
            EventId = Guid.CreateVersion7(),
            RecordedAt = recordedAt ?? DateTimeOffset.UnixEpoch.AddYears(60).AddSeconds(offset),
            Record = record,
            SchemaId = 7,
            WriterSchema = record.AvroSchema,
            Body = body,
            ContentHash = BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(body)),
            CausationId = $"command-{offset}",
        };
    }

    /// <summary>Any context's event.</summary>
    public static RecordedEvent Recorded(SourcePartition source, string aggregateId, IAvroRecord record, long sequence, long offset)
    {
        var body = AvroEncoding.EncodeToArray(record);
        return new RecordedEvent
        {
            Topic = source.Topic,
            Partition = source.Partition,
            Offset = offset,
            AggregateId = aggregateId,
            Sequence = sequence,
            EventId = Guid.CreateVersion7(),
            RecordedAt = DateTimeOffset.UnixEpoch.AddYears(60).AddSeconds(offset),
            Record = record,
            SchemaId = 7,
            WriterSchema = record.AvroSchema,
            Body = body,
            ContentHash = BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(body)),
            CausationId = $"command-{offset}",
        };
    }

    /// <summary>All of a product's events from one offset on.</summary>
    public static List<RecordedEvent> Recorded(ProductHistory history, long firstOffset = 0) =>
        [.. history.Events.Select((happened, i) => Recorded(happened, i + 1, firstOffset + i))];

    public static EventBatch Batch(Checkpoint checkpoint, IReadOnlyList<RecordedEvent> events, SourcePartition? source = null, long skippedBefore = 0) => new(
        source ?? Source(), events, events[^1].Offset + 1, checkpoint.Epoch, checkpoint.Fence,
        new GroupOffsets(null, events[^1].Offset + 1), SinkMode.CatchUp, skippedBefore);
}
