using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Control;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>Kafka, registry and PostgreSQL for tests of the whole host; each test takes a prefix and a database of its own.</summary>
public sealed class Servers : IAsyncLifetime
{
    public KafkaFixture Kafka { get; } = new();
    public RegistryFixture Registry { get; } = new();
    public PostgresFixture Postgres { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Kafka.InitializeAsync();
        await Registry.InitializeAsync();
        await Postgres.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        await Registry.DisposeAsync();
        await Kafka.DisposeAsync();
    }
}

/// <summary>One test's place on the servers: prefix, database, and who writes to the log.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly Servers _servers;

    private Installation(Servers servers, SinkDatabase database)
    {
        (_servers, Database) = (servers, database);
        Prefix = SomeNames.Prefix();
    }

    public string Prefix { get; }
    public string Group => Prefix + "sql-sink";
    public SinkDatabase Database { get; }
    public EventLog Log { get; private set; } = null!;
    public string BootstrapServers => _servers.Kafka.BootstrapServers;
    public string RegistryUrl => _servers.Registry.Url;

    /// <summary>The log is ready to be written once a sink has made its topic.</summary>
    public static async Task<(Installation Installation, RunningSink Sink)> StartAsync(Servers servers, params string[] settings)
    {
        var installation = new Installation(servers, await SinkDatabase.CreateAsync(servers.Postgres));
        var sink = await installation.StartSinkAsync(settings);
        await sink.AwaitHealthAsync(isHealthy: true, "24 of 24 partitions run");
        installation.Log = new EventLog(servers.Kafka.BootstrapServers, servers.Registry.Url, installation.Prefix);
        return (installation, sink);
    }

    /// <summary>The topics are there, and no sink runs.</summary>
    public static async Task<Installation> PrepareAsync(Servers servers)
    {
        var (installation, sink) = await StartAsync(servers);
        await sink.StopAsync();
        return installation;
    }

    /// <summary>The real program, to be started in a process of its own.</summary>
    public HostProcess Program(params (string Name, string Value)[] further)
    {
        var settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = BootstrapServers,
            ["SchemaRegistry__Url"] = RegistryUrl,
            ["Topics__Prefix"] = Prefix,
            ["Database__ConnectionString"] = Database.ConnectionString,
        };
        foreach (var (name, value) in further)
            settings[name] = value;
        return new HostProcess("Streaming.SqlSink", settings);
    }

    public Task<RunningSink> StartSinkAsync(params string[] settings) =>
        RunningSink.StartAsync(_servers.Kafka.BootstrapServers, _servers.Registry.Url, Database.ConnectionString, Prefix, settings);

    /// <summary>What an operator has.</summary>
    public ControlClient Control() => new(new KafkaOptions { BootstrapServers = BootstrapServers }, Prefix, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        Log.Dispose();
        await Database.DisposeAsync();
    }
}
