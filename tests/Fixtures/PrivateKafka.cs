using System.Globalization;
using Confluent.Kafka;

namespace Streaming.Fixtures;

/// <summary>An Apache Kafka of one node for one test, which can kill it. Ask <see cref="RealServers.Has"/> for <see cref="RealServer.PrivateKafka"/> first.</summary>
public sealed class PrivateKafka : IAsyncDisposable
{
    private const string Node = "1";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly TempFolder _data = new("kafka");

    private PrivateKafka(int port) => BootstrapServers = $"127.0.0.1:{port}";

    public string BootstrapServers { get; }

    public int ProcessId => int.Parse(File.ReadAllText(Path.Combine(_data.Path, $"node{Node}", "pid")), CultureInfo.InvariantCulture);

    public static async Task<PrivateKafka> StartAsync()
    {
        var port = RealServers.KafkaPort();
        var kafka = new PrivateKafka(port);
        await RealServers.KafkaScriptAsync("start", kafka._data.Path, "--port", $"{port}");
        return kafka;
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => RealServers.KafkaScriptAsync("kill", _data.Path, Node);

    /// <summary>SIGTERM, and waits until it has stopped cleanly.</summary>
    public Task StopAsync() => RealServers.KafkaScriptAsync("stop", _data.Path);

    /// <summary>On the same data and under the same address.</summary>
    public async Task StartAgainAsync()
    {
        await RealServers.KafkaScriptAsync("restart", _data.Path, Node);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).SetLogHandler((_, _) => { }).Build();
        await Eventually.Async(() => Answers(admin), StartDeadline, $"Kafka answers at {BootstrapServers} again");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _data.Dispose();
    }

    private static bool Answers(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }
}
