using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Generations;
using Streaming.Sinks.Sql;
using Streaming.Sinks;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>A database of its own with the sink's tables, and the sink on it.</summary>
internal sealed class SinkDatabase : IAsyncDisposable
{
    private const int CommandTimeoutS = 300;   // The machine may be busy with other tests.

    private SinkDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "streaming", MaxAutoPrepare = 96, Pooling = true, CommandTimeout = CommandTimeoutS });
        Sink = CreateSink(Tables.All);
    }

    public string ConnectionString { get; }
    public NpgsqlDataSource Source { get; }
    public PostgresSink Sink { get; }

    public static async Task<SinkDatabase> CreateAsync(PostgresFixture postgres)
    {
        var database = new SinkDatabase(await postgres.CreateDatabaseAsync());
        await database.Sink.PrepareAsync(CancellationToken.None);
        return database;
    }

    /// <summary>A sink that makes something else of the events, as the code of another day might, or writes another generation.</summary>
    public PostgresSink CreateSink(SqlSinkDefinition definition, int generation = 1) =>
        new(definition, Source, Options(generation), Microsoft.Extensions.Options.Options.Create(new TopicsOptions()), TimeProvider.System, NullLogger<PostgresSink>.Instance);

    public SqlGenerations CreateGenerations(SqlSinkDefinition definition) => 
        new(definition, Source, Options(1), Microsoft.Extensions.Options.Options.Create(new TopicsOptions()), TimeProvider.System, NullLoggerFactory.Instance);

    public Task<Checkpoint> TakeAsync(SourcePartition? source = null, long logStart = 0, long logEnd = 0, long? groupCommitted = null) =>
        Sink.TakeAsync(source ?? Some.Source(), new InitialPosition(logStart, logEnd, groupCommitted), CancellationToken.None);

    /// <summary>Each row as one text, its columns separated by '|', null as nothing; dates and times as PostgreSQL writes them in UTC.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"SET timezone TO 'UTC'; SELECT concat_ws('|', VARIADIC (SELECT array_agg(coalesce(value, '')) FROM json_each_text(row_to_json(q)))) FROM ({sql}) q", connection);
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

    /// <summary>Everything that the events led to, without what differs from run to run.</summary>
    public async Task<List<string>> ContentAsync() =>
    [
        .. await RowsAsync("SELECT sku, name, on_hand, reserved, available, version, last_incoming_at, last_outgoing_at, record_offset FROM stock ORDER BY sku"),
        .. await RowsAsync("SELECT sku, sequence, event_type, delta_on_hand, delta_reserved, on_hand, reserved, occurred_at, reason, reference, order_id, record_offset FROM stock_movements ORDER BY sku, sequence"),
        .. await RowsAsync("SELECT partition, record_offset, event_type, aggregate_id, sequence, occurred_at, causation_id, payload FROM audit_log ORDER BY partition, record_offset"),
    ];

    private IOptions<DatabaseOptions> Options(int generation) =>
        Microsoft.Extensions.Options.Options.Create(new DatabaseOptions { ConnectionString = ConnectionString, Generation = generation });

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
