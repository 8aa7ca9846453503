using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Fixtures;
using Streaming.Local.Risk;
using Streaming.Registry;
using Streaming.Serdes.Registry;

namespace Streaming.Chaos;

/// <summary>The write side as an operator runs it: a broker and two command hosts, each a process that can be killed, and what they call.</summary>
public sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly TempFolder _data;
    private readonly RiskServer _risk;
    private readonly RegistryServer _registry;
    private readonly Dictionary<string, string> _settings;

    private Stage(BrokerProcess broker, RegistryServer registry, RiskServer risk, TempFolder data)
    {
        (Broker, _registry, _risk, _data) = (broker, registry, risk, data);
        _settings = new()
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["RiskCheck__Url"] = risk.Url,
        };
        Hosts = [NewHost(), NewHost()];
        Schemas = new SchemaRegistryClient(registry.Url);
    }

    public BrokerProcess Broker { get; private set; }

    public string BootstrapServers => Broker.BootstrapServers;

    public string RegistryUrl => _registry.Url;

    public SchemaRegistryClient Schemas { get; }

    public IReadOnlyList<HostProcess> Hosts { get; }

    public static async Task<Stage> StartAsync()
    {
        var data = new TempFolder("chaos");
        var broker = await BrokerProcess.StartAsync(data.Path, FreePorts.One());
        var registry = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = broker.BootstrapServers });
        var stage = new Stage(broker, registry, await RiskServer.StartAsync(FreePorts.One(), limit: 400, NullLoggerFactory.Instance, CancellationToken.None), data);
        foreach (var host in stage.Hosts)
            host.Start();
        foreach (var host in stage.Hosts)
            await host.ReadyAsync(StartDeadline);
        return stage;
    }

    /// <summary>One more host, which shares the partitions with the others. Whoever asks for it ends it.</summary>
    public HostProcess NewHost() => new("Streaming.CommandHost", _settings);

    /// <summary>The broker again, on the same data and under the same address.</summary>
    public async Task RestartBrokerAsync()
    {
        var port = int.Parse(Broker.BootstrapServers.Split(':')[1]);
        await Broker.DisposeAsync();
        Broker = await BrokerProcess.StartAsync(_data.Path, port);
    }

    public async Task AllReadyAsync()
    {
        foreach (var host in Hosts)
            await host.ReadyAsync(StartDeadline);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
        Schemas.Dispose();
        await _registry.DisposeAsync();
        await Broker.DisposeAsync();
        await _risk.DisposeAsync();
        _data.Dispose();
    }
}
