using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Chaos.Clusters;
using Streaming.Fixtures;
using Streaming.Local.Risk;
using Streaming.LogChecker;
using Streaming.Registry;
using Streaming.Serdes.Registry;

namespace Streaming.Chaos;

/// <summary>The write side as an operator runs it: a cluster and two command hosts, each a process that can be killed, and what they call.</summary>
public sealed class Stage : IAsyncDisposable
{
    private const decimal RiskLimit = 400;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly RiskServer _risk;
    private readonly RegistryServer _registry;
    private readonly Dictionary<string, string> _settings;

    private Stage(ICluster cluster, RegistryServer registry, RiskServer risk, string prefix, IReadOnlyDictionary<string, string> settings)
    {
        (Cluster, _registry, _risk, Prefix) = (cluster, registry, risk, prefix);
        _settings = new(settings)
        {
            ["Kafka__BootstrapServers"] = cluster.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = prefix,
            ["RiskCheck__Url"] = risk.Url,
        };
        Hosts = [NewHost(), NewHost()];
        Schemas = new SchemaRegistryClient(registry.Url);
    }

    public ICluster Cluster { get; }

    public string BootstrapServers => Cluster.BootstrapServers;

    /// <summary>Of the topics, groups and transactional ids.</summary>
    public string Prefix { get; }

    public SchemaRegistryClient Schemas { get; }

    /// <summary>Two, whether they run or not.</summary>
    public IReadOnlyList<HostProcess> Hosts { get; }

    /// <param name="cluster">The stage's from now on.</param>
    /// <param name="settings">Of every host, beside the addresses.</param>
    /// <param name="running">How many of the hosts are started.</param>
    public static async Task<Stage> StartAsync(ICluster cluster, IReadOnlyDictionary<string, string>? settings = null, int running = 2)
    {
        var prefix = SomeNames.Prefix();
        var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = cluster.BootstrapServers, Topic = $"{prefix}schemas" });
        var risk = await RiskServer.StartAsync(FreePorts.One(), RiskLimit, NullLoggerFactory.Instance, CancellationToken.None);
        var stage = new Stage(cluster, registry, risk, prefix, settings ?? new Dictionary<string, string>());
        foreach (var host in stage.Hosts.Take(running))
            host.Start();
        foreach (var host in stage.Hosts.Take(running))
            await host.ReadyAsync(StartDeadline);
        return stage;
    }

    /// <summary>One more host, which shares the partitions with the others. Whoever asks for it ends it.</summary>
    /// <param name="settings">What it has different from the others.</param>
    public HostProcess NewHost(IReadOnlyDictionary<string, string>? settings = null)
    {
        var own = new Dictionary<string, string>(_settings);
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            own[name] = value;
        return new("Streaming.CommandHost", own);
    }

    public async Task AllReadyAsync()
    {
        foreach (var host in Hosts)
            await host.ReadyAsync(StartDeadline);
    }

    /// <summary>Everything that is committed now.</summary>
    public CommittedLog Read(IEnumerable<string> contexts, CancellationToken late) => new LogReader(BootstrapServers, Schemas, Prefix).Read(contexts, late);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
        Schemas.Dispose();
        await _registry.DisposeAsync();
        await Cluster.DisposeAsync();
        await _risk.DisposeAsync();
    }
}
