using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Domain.Fulfilment;
using Streaming.Domain.Tests.Fulfilment;
using Streaming.Tests;

namespace Streaming.Chaos.ReadSide.Log;

/// <summary>What happens in each round: worlds of their own with orders from their beginning to their end, a product as first versions had it, and
/// a few products and accounts that live through all rounds and become long.</summary>
internal sealed class EventPlan
{
    private const int WorldsPerRound = 5;
    private const int LongEventsPerRound = 250;
    private static readonly Sku[] LongSkus = [new("LONG-1"), new("LONG-2"), new("LONG-3")];
    private static readonly AccountId[] LongAccounts = [new("long-1"), new("long-2")];
    private static readonly Currency Currency = new("EUR");

    private readonly Dictionary<string, long> _sequences = [];
    private readonly World _long = new(FulfilmentTimeouts.Default);
    private int _longTaken;

    public EventPlan()
    {
        foreach (var sku in LongSkus)
            _long.Ask(new RegisterProduct(sku, "Lives long", null, null, null));
        foreach (var account in LongAccounts)
            _long.Ask(new OpenAccount(account, "Anna Berg", Currency, 100, null, null, null));
    }

    /// <summary>The events of a round, in an order in which they may be written.</summary>
    public List<PlannedEvent> Round(int round, Random random)
    {
        var stories = Enumerable.Range(0, WorldsPerRound)
            .Select(number => new WorldFate(random.Next(), $"-r{round}-{number}").Run().World.Log.Select(record => PlannedEvent.Of(record, NextSequence)))
            .Append(Long(random)).Append(FirstVersion($"OLD-{round}"))
            .Select(story => new Queue<PlannedEvent>(story)).ToList();
        // Side by side, each story in its own order.
        var events = new List<PlannedEvent>();
        while (stories.Count > 0)
        {
            var story = stories[random.Next(stories.Count)];
            events.Add(story.Dequeue());
            if (story.Count == 0)
                stories.Remove(story);
        }

        return events;
    }

    private List<PlannedEvent> Long(Random random)
    {
        for (var i = 0; i < LongEventsPerRound; i++)
        {
            _long.Now += TimeSpan.FromMinutes(random.Next(1, 100));
            var (sku, account) = (LongSkus[random.Next(LongSkus.Length)], LongAccounts[random.Next(LongAccounts.Length)]);
            switch (random.Next(5))
            {
                case 0: _long.Ask(new SellStock(sku, random.Next(1, 9), "sold", null, null)); break;
                case 1: _long.Ask(new AdjustStock(sku, random.Next(1, 3), "counted", null, null)); break;
                case 2: _long.Ask(new DepositMoney(account, random.Next(1, 90_000) / 100m, Currency, null, null, null)); break;
                case 3: _long.Ask(new WithdrawMoney(account, random.Next(1, 50), Currency, null, null, null)); break;
                default: _long.Ask(new ReceiveStock(sku, random.Next(5, 20), null, null, null)); break;
            }
        }

        // What was refused is no event.
        var events = _long.Log.Skip(_longTaken).Select(record => PlannedEvent.Of(record, NextSequence)).ToList();
        _longTaken = _long.Log.Count;
        return events;
    }

    private IEnumerable<PlannedEvent> FirstVersion(string sku) => FirstVersions.Events.Select(happened =>
    {
        var writer = (RecordSchema)AvroSchema.Parse(happened.Schema);
        var then = (GenericRecord)GenericEncoding.Decode(writer, happened.Body)!;
        var renamed = new GenericRecord(writer, [.. writer.Fields.Select((field, i) => field.Name == "sku" ? sku : then.Values[i])]);
        return new PlannedEvent(
            TopicCatalogue.Inventory, sku, NextSequence($"inventory/{sku}"), Guid.CreateVersion7(), writer, GenericEncoding.Encode(writer, renamed));
    });

    private long NextSequence(string aggregate) => _sequences[aggregate] = _sequences.GetValueOrDefault(aggregate) + 1;
}
