using System.Buffers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Streaming.ElasticSink.Generations;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Control;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>One test's place on the servers, and who writes to its log.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private readonly HostServers _servers;

    public Installation(HostServers servers, string? searchUrl = null)
    {
        _servers = servers;
        To = new Destination(searchUrl ?? servers.Search.Url);
        Log = new EventWriter(servers, Prefix);
    }

    public string Prefix { get; } = SomeNames.Prefix();

    public Destination To { get; }

    public EventWriter Log { get; }

    /// <summary>What the host is told; by its environment's names.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Kafka__BootstrapServers"] = _servers.Kafka.BootstrapServers,
        ["SchemaRegistry__Url"] = _servers.Registry.Url,
        ["Topics__Prefix"] = Prefix,
        ["Elastic__Url"] = To.Settings.Url,
        ["Elastic__IndexPrefix"] = To.Settings.IndexPrefix,
        ["Sinks__RetryDelayMs"] = "20",
        ["Sinks__RetryDelayMaxMs"] = "100",
        ["Sinks__GroupCommitIntervalMs"] = "100",
        ["Logging__LogLevel__Default"] = "Warning",
    };

    /// <summary>What an operator has.</summary>
    public ControlClient Control() => new(new KafkaOptions { BootstrapServers = _servers.Kafka.BootstrapServers }, Prefix, TimeProvider.System);

    /// <summary>In this process, once all its partitions run.</summary>
    public async Task<RunningHost> StartAsync(params (string Name, string Value)[] further)
    {
        var settings = Settings;
        foreach (var (name, value) in further)
            settings[name] = value;
        var app = ElasticSinkHost.Build(["--urls=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}")]);
        await app.StartAsync();
        var host = new RunningHost(app);
        await host.AwaitHealthAsync("24 of 24 partitions run");
        return host;
    }

    /// <summary>How many events the checkpoints have passed.</summary>
    public async Task<long> PassedAsync() => (await To.Checkpoints.ListAsync(CancellationToken.None)).Sum(checkpoint => checkpoint.Document.Checkpoint.NextOffset);

    public Task AwaitPassedAsync(long count, Func<string> said) => Eventually.Async(async () => await PassedAsync() >= count, Deadline, $"{count} events are passed; {said()}");

    /// <summary>Every document equals the plain fold of the log.</summary>
    public async Task VerifyAsync(string message)
    {
        foreach (var models in Models.All)
        {
            var events = Log.Written.Where(recorded => recorded.Topic.EndsWith(models.Topic, StringComparison.Ordinal)).ToList();
            Plain(await To.DocumentsAsync(models.State)).ShouldBe(Plain(Destination.Fold(models.State, events)), message);
            if (models.Entries is { } entries)
                Plain(await To.DocumentsAsync(entries.Naming)).ShouldBe(Plain(Destination.FoldEntries(entries, events)), message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Log.Dispose();
        await To.DisposeAsync();
    }

    // The hash is the decoder's affair, and none of the fold's; and what comes from the log is 20.0000 where the fold has 20.
    private static SortedDictionary<string, string> Plain(SortedDictionary<string, string> documents) => new(documents.ToDictionary(document => document.Key, document =>
    {
        using var parsed = JsonDocument.Parse(document.Value);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            new CanonicalJson(new HashSet<string> { "meta.hash" }).Write(json, parsed.RootElement);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }), StringComparer.Ordinal);
}

/// <summary>The host in this process.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    public RunningHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Health in words once it says this.</summary>
    public async Task<string> AwaitHealthAsync(string containing)
    {
        var said = "";
        await Eventually.Async(async () =>
        {
            using var answer = await Http.GetAsync("/health/ready");
            said = await answer.Content.ReadAsStringAsync();
            return said.Contains(containing, StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(60), $"health says '{containing}'; it says {said}");
        return said;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
