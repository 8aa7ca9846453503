using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Avro;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;
using Streaming.SqlSink.Querying;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Queries;

/// <summary>The query API over tables that a test fills itself: its host has no sink.</summary>
internal sealed class QueryHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, long> _offsets = [];
    private readonly Dictionary<(string, string), long> _sequences = [];
    private readonly Dictionary<string, Checkpoint> _checkpoints = [];

    private QueryHost(SinkDatabase database, WebApplication app) =>
        (Database, _app, Http) = (database, app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });

    public SinkDatabase Database { get; }

    public HttpClient Http { get; }

    public static async Task<QueryHost> StartAsync(PostgresFixture postgres, params string[] settings)
    {
        var database = await SinkDatabase.CreateAsync(postgres);
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", .. settings]);
        builder.Services.AddOptions<DatabaseOptions>();
        builder.Services.AddOptions<TopicsOptions>();
        builder.Services.AddSingleton(database.Source);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails();
        builder.Services.AddQueries();
        var app = builder.Build();
        app.UseStatusCodePages();
        app.MapQueries();
        await app.StartAsync();
        return new(database, app);
    }

    /// <summary>These happen in a context, to one aggregate.</summary>
    public async Task HappensAsync(string context, string id, params IAvroRecord[] happened)
    {
        var source = new SourcePartition("cluster-1", $"{context}.events", "topic-1", 0);
        if (!_checkpoints.TryGetValue(context, out var checkpoint))
            _checkpoints.Add(context, checkpoint = await Database.TakeAsync(source));
        var events = new List<RecordedEvent>();
        foreach (var record in happened)
        {
            var sequence = _sequences[(context, id)] = _sequences.GetValueOrDefault((context, id)) + 1;
            var offset = _offsets[context] = _offsets.GetValueOrDefault(context, -1) + 1;
            events.Add(Some.Recorded(source, id, record, sequence, offset));
        }

        await Database.Sink.WriteAsync(Some.Batch(checkpoint, events, source), CancellationToken.None);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(path);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }
}
