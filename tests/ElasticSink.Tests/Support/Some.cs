using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>Values that a test needs and doesn't care about.</summary>
internal static class Some
{
    public const string Stock = "inventory.events";
    public const string Accounts = "accounts.events";

    private static readonly DateTimeOffset s_day = new(2022, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public static SourcePartition Source(string topic = Stock, string topicId = "topic-1") => new("cluster-1", topic, topicId, 0);

    public static RecordedEvent Recorded(object happened, string id, long sequence, long offset, string topic)
    {
        var record = (IAvroRecord)happened;
        var body = AvroEncoding.EncodeToArray(record);
        return new RecordedEvent
        {
            Topic = topic,
            Partition = 0,
            Offset = offset,
            AggregateId = id,
            Sequence = sequence,
            EventId = new Guid((int)offset, 1, 2, [1, 2, 3, 4, 5, 6, 7, 8]),
            RecordedAt = s_day.AddSeconds(offset),
            Record = record,
            SchemaId = 7,
            WriterSchema = record.AvroSchema,
            Body = body,
            ContentHash = BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(body)),
        };
    }

    /// <summary>Events of several products, taking turns: each is registered, then receives and sells.</summary>
    public static List<RecordedEvent> StockEvents(int productCount, int eventCount)
    {
        var onHand = new int[productCount];
        var events = new List<RecordedEvent>();
        for (var offset = 0; offset < eventCount; offset++)
        {
            var (product, sequence) = (offset % productCount, (offset / productCount) + 1);
            var (sku, at) = (new Sku($"SKU-{product}"), s_day.AddDays(sequence));
            InventoryEvent happened = sequence switch
            {
                1 => new ProductRegistered(sku, $"Widget number {product}", null, null, 0, 0, at),
                _ when sequence % 3 == 0 => new StockSold(sku, 2, "bought", null, onHand[product] -= 2, 0, at),
                _ => new StockReceived(sku, 7, null, "note", onHand[product] += 7, 0, at),
            };
            events.Add(Recorded(happened, sku.Value, sequence, offset, Stock));
        }

        return events;
    }

    public static List<RecordedEvent> AccountEvents(string account)
    {
        var (id, currency) = (new AccountId(account), new Currency("USD"));
        return
        [
            Recorded(new AccountOpened(AccountId: id, HolderName: "Damon Allison", Currency: currency, OpeningBalance: 500m, Entry: 1, Reason: null, Reference: null, Balance: 500m, Held: 0m, OccurredAt: s_day), account, 1, 0, Accounts),
            Recorded(new MoneyWithdrawn(AccountId: id, Amount: 100m, Currency: currency, Entry: 2, Reason: "cash", Reference: null, Balance: 400m, Held: 0m, OccurredAt: s_day.AddDays(10)), account, 2, 1, Accounts),
            Recorded(new MoneyDeposited(AccountId: id, Amount: 800m, Currency: currency, Entry: 3, Reason: null, Reference: null, Payer: null, Balance: 1200m, Held: 0m, OccurredAt: s_day.AddDays(40)), account, 3, 2, Accounts),
        ];
    }

    public static EventBatch Batch(Checkpoint checkpoint, IReadOnlyList<RecordedEvent> events, SourcePartition? source = null) => new(
        source ?? Source(events[0].Topic), events, events[^1].Offset + 1, checkpoint.Epoch, checkpoint.Fence, new GroupOffsets(null, events[^1].Offset + 1), SinkMode.CatchUp);
}
