using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Projecting;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Benchmarks.Sql;

/// <summary>What a data team writes: a row record, its columns, a projection. And the events to feed it, decoded already.</summary>
internal sealed record PlainRow(string Name, int OnHand, DateTimeOffset ChangedAt);

internal static class PlainRows
{
    public const int BatchEvents = 5_000;

    private static readonly SqlTable<PlainRow> _table = SqlTable.Of<PlainRow>("plain", key: "sku")
        .Text("name", row => row.Name)
        .Int32("on_hand", row => row.OnHand)
        .Timestamp("changed_at", row => row.ChangedAt)
        .Read(row => new PlainRow(row.Text(), row.Int32(), row.Timestamp()));

    /// <summary>As many partitions at once as a host writes.</summary>
    public const int WriterCount = 4;

    public static async Task<(PostgresSink Sink, List<Checkpoint> Checkpoints)> StartAsync(NpgsqlDataSource source, string schema)
    {
        var definition = new SqlSinkDefinition("plain-sink", new SqlContext(TopicCatalogue.Inventory, SqlProjection.WithoutHistory(_table, Project))) { IsAudited = false };
        var sink = new PostgresSink(
            definition, source, Options.Create(new DatabaseOptions { ConnectionString = "Host=here", Schema = schema }), Options.Create(new TopicsOptions()),
            TimeProvider.System, NullLogger<PostgresSink>.Instance);
        await sink.PrepareAsync(CancellationToken.None);
        var checkpoints = new List<Checkpoint>();
        for (var partition = 0; partition < WriterCount; partition++)
            checkpoints.Add(await sink.TakeAsync(Source(partition), new InitialPosition(0, 0, null), CancellationToken.None));
        return (sink, checkpoints);
    }

    /// <summary>One event for each key of a partition, in batches; the n-th of each.</summary>
    public static List<EventBatch> Batches(int partition, Checkpoint checkpoint, int keyCount, int sequence)
    {
        var batches = new List<EventBatch>();
        for (var first = 0; first < keyCount; first += BatchEvents)
        {
            var events = Enumerable.Range(first, Math.Min(BatchEvents, keyCount - first))
                .Select(key => Recorded(partition, (key * WriterCount) + partition, sequence, ((sequence - 1L) * keyCount) + key)).ToList();
            batches.Add(new(
                Source(partition), events, events[^1].Offset + 1, checkpoint.Epoch, checkpoint.Fence, new GroupOffsets(null, events[^1].Offset + 1), SinkMode.CatchUp));
        }

        return batches;
    }

    private static SourcePartition Source(int partition) => new("cluster", "inventory.events", "topic", partition);

    private static PlainRow Project(PlainRow? before, RecordedEvent recorded) => recorded.Record switch
    {
        ProductRegistered e => new(e.DisplayName, e.OnHand, e.OccurredAt),
        StockReceived e => before! with { OnHand = e.OnHand, ChangedAt = e.OccurredAt },
        _ => before!,
    };

    private static RecordedEvent Recorded(int partition, int key, int sequence, long offset)
    {
        var (sku, at) = (new Sku($"SKU-{key * 7_919L % 1_000_003:0000000}"), DateTimeOffset.UnixEpoch.AddYears(52).AddSeconds(offset));
        IAvroRecord record = sequence == 1
            ? new ProductRegistered(sku, $"Product {key}", null, null, 0, 0, at)
            : new StockReceived(sku, 10, null, null, 10 * sequence, 0, at);
        return new()
        {
            Topic = "inventory.events", Partition = partition, Offset = offset, AggregateId = sku.Value, Sequence = sequence, EventId = Guid.Empty, RecordedAt = at,
            Record = record, SchemaId = 1, WriterSchema = record.AvroSchema, Body = default, ContentHash = offset,
        };
    }
}
