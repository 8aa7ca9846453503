using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;

namespace Streaming.Chaos.ReadSide.Log;

/// <summary>An event that is to be written.</summary>
/// <param name="Topics">Of its context.</param>
/// <param name="Writer">The schema that its body was written with.</param>
/// <param name="Body">Avro, without prefix.</param>
internal sealed record PlannedEvent(ContextTopics Topics, string AggregateId, long Sequence, Guid EventId, RecordSchema Writer, byte[] Body)
{
    public int Partition => Murmur2.Partition(AggregateId, Topics.Events.PartitionCount);

    /// <summary>One in its newest version.</summary>
    public static PlannedEvent Of(IAvroRecord record, Func<string, long> nextSequence)
    {
        var (topics, id) = PlaceOf(record);
        return new(topics, id, nextSequence($"{topics.Context}/{id}"), Guid.CreateVersion7(), record.AvroSchema, AvroEncoding.EncodeToArray(record));
    }

    private static (ContextTopics Topics, string Id) PlaceOf(IAvroRecord record) => record switch
    {
        InventoryEvent e => (TopicCatalogue.Inventory, e.Sku.Value),
        AccountEvent e => (TopicCatalogue.Accounts, e.AccountId.Value),
        OrderEvent e => (TopicCatalogue.Orders, e.OrderId.Value),
        FulfilmentEvent e => (TopicCatalogue.Fulfilment, e.OrderId.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(record), record, "Of no context; add it above."),
    };
}
