using System.Net.Http.Json;
using Streaming.Contracts;
using Streaming.Commands.Records;
using Streaming.Fixtures;
using Streaming.Serdes.Registry;

namespace Streaming.Cli.Tests.Running;

/// <summary>A broker, a registry and a command host for the tests of a class, and the operator's program told where they are.</summary>
/// <remarks>The tests of a class share all of it, so each takes ids of its own.</remarks>
public sealed class Stack : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly KafkaFixture _kafka = new();
    private readonly RegistryFixture _registry = new();
    private HttpClient? _http;
    private HostProcess? _host;
    private SchemaRegistryClient? _schemas;

    public string BootstrapServers => _kafka.BootstrapServers;

    public string RegistryUrl => _registry.Url;

    public string Prefix { get; } = SomeNames.Prefix();

    public HostProcess Host => _host!;

    /// <summary>With the addresses of everything in its environment.</summary>
    public Streamctl Streamctl { get; private set; } = null!;

    /// <summary>How the registry has the records written.</summary>
    internal RecordFormat Format => field ??= new RecordFormat(_schemas!, AvroRecords.All);

    public async ValueTask InitializeAsync()
    {
        await _kafka.InitializeAsync();
        await _registry.InitializeAsync();
        _schemas = new SchemaRegistryClient(_registry.Url);
        _host = new HostProcess("Streaming.CommandHost", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = BootstrapServers,
            ["SchemaRegistry__Url"] = _registry.Url,
            ["Topics__Prefix"] = Prefix,
            ["Commands__Processor__SnapshotEveryEvents"] = "1",
            ["Fulfilment__StepTimeout"] = "00:00:02",
            ["Fulfilment__RiskTimeout"] = "00:10:00",
            ["RiskCheck__Url"] = $"http://127.0.0.1:{FreePorts.One()}/nobody-is-there",
        });
        await _host.StartReadyAsync(Patience);
        _http = new HttpClient { BaseAddress = _host.Url };
        Streamctl = new Streamctl(new Dictionary<string, string>
        {
            ["KAFKA_BOOTSTRAP"] = BootstrapServers,
            ["SCHEMA_REGISTRY_URL"] = _registry.Url,
            ["TOPICS_PREFIX"] = Prefix,
            ["COMMANDS_URL"] = _host.Url.ToString(),
        });
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        _schemas?.Dispose();
        await _registry.DisposeAsync();
        await _kafka.DisposeAsync();
    }

    /// <summary>Sends a command, and expects that it is accepted.</summary>
    public async Task AskAsync(string path, object body)
    {
        using var answer = await _http!.PostAsJsonAsync(path, body);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await answer.Content.ReadAsStringAsync()}\n{Host.Output}");
    }

    /// <summary>What the program says, once it says it.</summary>
    public async Task<ProgramRun> AwaitAsync(string saying, params string[] arguments)
    {
        ProgramRun? last = null;
        try
        {
            await Eventually.Async(async () => (last = await Streamctl.RunAsync(arguments)).Output.Contains(saying, StringComparison.Ordinal), Patience, saying);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; streamctl {string.Join(' ', arguments)}: {last}", late);
        }
        return last!;
    }
}
