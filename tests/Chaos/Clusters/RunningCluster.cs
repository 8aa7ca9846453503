namespace Streaming.Chaos.Clusters;

/// <summary>A cluster that runs already, perhaps for others, too: it is used and left as it is.</summary>
public sealed class RunningCluster(string bootstrapServers) : ICluster
{
    public string BootstrapServers => bootstrapServers;

    public bool IsOurs => false;

    public Task KillAsync() => throw NotOurs();

    public Task StopAsync() => throw NotOurs();

    public Task StartAgainAsync() => throw NotOurs();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private InvalidOperationException NotOurs() => new($"{bootstrapServers} is not ours to stop: ask {nameof(IsOurs)} first.");
}
