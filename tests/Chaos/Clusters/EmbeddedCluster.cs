using Streaming.Fixtures;

namespace Streaming.Chaos.Clusters;

/// <summary>The embedded broker in a process of its own.</summary>
public sealed class EmbeddedCluster : ICluster
{
    private readonly TempFolder _data = new("chaos");
    private readonly int _port = FreePorts.One();
    private BrokerProcess? _process;

    private EmbeddedCluster()
    {
    }

    public string BootstrapServers => _process!.BootstrapServers;

    public bool IsOurs => true;

    public static async Task<ICluster> StartAsync()
    {
        var cluster = new EmbeddedCluster();
        await cluster.StartAgainAsync();
        return cluster;
    }

    public Task KillAsync() => _process!.KillAsync();

    public Task StopAsync() => _process!.StopAsync();

    public async Task StartAgainAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = await BrokerProcess.StartAsync(_data.Path, _port);
    }

    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        _data.Dispose();
    }
}
