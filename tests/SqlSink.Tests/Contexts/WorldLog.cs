using Streaming.Avro;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;
using Streaming.Domain.Tests.Fulfilment;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Contexts;

/// <summary>What happened in a world, as the log has it: by topic and partition, with gaps between the offsets.</summary>
internal sealed class WorldLog
{
    private const int PartitionCount = 2;
    private readonly SortedDictionary<(string Topic, int Partition), List<RecordedEvent>> _partitions = [];

    private WorldLog(int seed, IEnumerable<IAvroRecord> records)
    {
        Seed = seed;
        var random = new Random(seed);
        var sequences = new Dictionary<(string, string), long>();
        foreach (var record in records)
        {
            var (topic, id) = PlaceOf(record);
            var partition = Murmur2.Partition(id, PartitionCount);
            if (!_partitions.TryGetValue((topic, partition), out var events))
                _partitions.Add((topic, partition), events = []);
            var sequence = sequences[(topic, id)] = sequences.GetValueOrDefault((topic, id)) + 1;
            var offset = (events.Count == 0 ? -1 : events[^1].Offset) + 1 + (random.Next(3) == 0 ? random.Next(3) : 0);
            events.Add(Some.Recorded(Source(topic, partition), id, record, sequence, offset));
        }
    }

    private WorldLog(WorldLog log, Func<RecordedEvent, bool> isKept)
    {
        Seed = log.Seed;
        foreach (var (key, events) in log._partitions)
            _partitions.Add(key, events.FindAll(recorded => isKept(recorded)));
    }

    public int Seed { get; }

    public IEnumerable<SourcePartition> Sources => _partitions.Keys.Select(key => Source(key.Topic, key.Partition));

    /// <summary>Everything, partition after partition.</summary>
    public IEnumerable<RecordedEvent> Events => _partitions.Values.SelectMany(events => events);

    public static WorldLog Of(int seed) => new(seed, new WorldFate(seed).Run().World.Log);

    /// <summary>The same without an aggregate.</summary>
    public WorldLog Without(RecordedEvent ofAggregate) => new(this, recorded => recorded.Topic != ofAggregate.Topic || recorded.AggregateId != ofAggregate.AggregateId);

    public List<RecordedEvent> Of(SourcePartition source) => _partitions[(source.Topic, source.Partition)];

    /// <summary>Writes a partition from an offset on in batches of any size, some of them twice, some overlapping what was written.</summary>
    public async Task WriteAsync(ISink sink, SourcePartition source, Checkpoint checkpoint, Random random, bool isRedelivered = false)
    {
        var events = Of(source).Where(recorded => recorded.Offset >= checkpoint.NextOffset).ToList();
        for (var written = 0; written < events.Count;)
        {
            var from = isRedelivered ? Math.Max(0, written - random.Next(4)) : written;
            var to = Math.Min(events.Count, written + 1 + random.Next(40));
            var batch = Some.Batch(checkpoint, events[from..to], source);
            await sink.WriteAsync(batch, CancellationToken.None);
            if (isRedelivered && random.Next(2) == 0)
                await sink.WriteAsync(batch, CancellationToken.None);
            written = to;
        }
    }

    /// <summary>Writes all of it.</summary>
    public async Task WriteAsync(ISink sink, bool isRedelivered = false)
    {
        var random = new Random(Seed);
        foreach (var source in Sources)
            await WriteAsync(sink, source, await sink.TakeAsync(source, new InitialPosition(0, 0, null), CancellationToken.None), random, isRedelivered);
    }

    private static SourcePartition Source(string topic, int partition) => new("cluster-1", topic, "topic-1", partition);

    private static (string Topic, string Id) PlaceOf(IAvroRecord record) => record switch
    {
        InventoryEvent e => (TopicCatalogue.Inventory.Events.Name, e.Sku.Value),
        AccountEvent e => (TopicCatalogue.Accounts.Events.Name, e.AccountId.Value),
        OrderEvent e => (TopicCatalogue.Orders.Events.Name, e.OrderId.Value),
        FulfilmentEvent e => (TopicCatalogue.Fulfilment.Events.Name, e.OrderId.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(record), record, "Of no context; add it above."),
    };
}
