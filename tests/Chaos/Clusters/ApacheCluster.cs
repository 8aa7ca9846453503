using Streaming.Fixtures;

namespace Streaming.Chaos.Clusters;

/// <summary>An Apache Kafka started for the stage. Only where <see cref="RealServer.PrivateKafka"/> is.</summary>
public sealed class ApacheCluster : ICluster
{
    private readonly PrivateKafka _kafka;

    private ApacheCluster(PrivateKafka kafka) => _kafka = kafka;

    public string BootstrapServers => _kafka.BootstrapServers;

    public bool IsOurs => true;

    public static async Task<ICluster> StartAsync() => new ApacheCluster(await PrivateKafka.StartAsync());

    public Task KillAsync() => _kafka.KillAsync();

    public Task StopAsync() => _kafka.StopAsync();

    public Task StartAgainAsync() => _kafka.StartAgainAsync();

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}
