using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Tests;

/// <summary>A database of its own, and sinks on it.</summary>
internal sealed class RangeDatabase : IAsyncDisposable
{
    private static readonly DateTimeOffset _day = new(2022, 1, 1, 10, 0, 0, TimeSpan.Zero);

    private RangeDatabase(string connectionString) => Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 96 });

    public static SourcePartition Partition { get; } = new("cluster-1", "inventory.events", "topic-1", 0);

    public NpgsqlDataSource Source { get; }

    public static async Task<RangeDatabase> CreateAsync(PostgresFixture postgres) => new(await postgres.CreateDatabaseAsync());

    public PostgresSink CreateSink(SqlSinkDefinition definition) => new(
        definition, Source, Options.Create(new DatabaseOptions { ConnectionString = "Host=here" }), Options.Create(new TopicsOptions()), TimeProvider.System,
        NullLogger<PostgresSink>.Instance);

    public async Task<(PostgresSink Sink, Checkpoint Checkpoint)> StartAsync(SqlSinkDefinition definition)
    {
        var sink = CreateSink(definition);
        await sink.PrepareAsync(CancellationToken.None);
        return (sink, await sink.TakeAsync(Partition, new InitialPosition(0, 0, null), CancellationToken.None));
    }

    /// <summary>Registered, received, sold, discontinued, of one product from an offset on.</summary>
    public static List<RecordedEvent> Life(string sku = "A", long offset = 0) =>
        [.. Enumerable.Range(1, 5).Select(sequence => Recorded(sku, sequence, offset + sequence - 1))];

    public static RecordedEvent Recorded(string sku, int sequence, long offset, string name = "Widget")
    {
        IAvroRecord record = sequence switch
        {
            1 => new ProductRegistered(new(sku), name, null, null, 0, 0, _day),
            2 => new StockReceived(new(sku), 9, null, null, 9, 0, _day.AddDays(1)),
            3 => new StockSold(new(sku), 3, null, null, 6, 0, _day.AddDays(2)),
            4 => new StockSold(new(sku), 6, null, null, 0, 0, _day.AddDays(3)),
            _ => new ProductDiscontinued(new(sku), null, null, 0, 0, _day.AddDays(4)),
        };
        var body = AvroEncoding.EncodeToArray(record);
        return new()
        {
            Topic = Partition.Topic, Partition = 0, Offset = offset, AggregateId = sku, Sequence = sequence, EventId = Guid.CreateVersion7(),
            RecordedAt = _day.AddYears(1).AddSeconds(offset), Record = record, SchemaId = 1, WriterSchema = record.AvroSchema, Body = body,
            ContentHash = BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(body)),
        };
    }

    public static EventBatch Batch(Checkpoint checkpoint, params IReadOnlyList<RecordedEvent> events) => new(
        Partition, events, events[^1].Offset + 1, checkpoint.Epoch, checkpoint.Fence, new GroupOffsets(null, events[^1].Offset + 1), SinkMode.CatchUp);

    /// <summary>Each row as one text.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"SET timezone TO 'UTC'; SELECT concat_ws('|', VARIADIC (SELECT array_agg(coalesce(value, '')) FROM json_each_text(row_to_json(q)))) FROM ({sql}) q", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
