namespace Streaming.Chaos.Clusters;

/// <summary>The Kafka that a stage stands on.</summary>
public interface ICluster : IAsyncDisposable
{
    /// <summary>The same after every start.</summary>
    string BootstrapServers { get; }

    /// <summary>Whether it is there for the stage alone, which may kill it then. Otherwise the methods below are not called.</summary>
    bool IsOurs { get; }

    /// <summary>SIGKILL.</summary>
    Task KillAsync();

    /// <summary>SIGTERM, and waits until it has stopped.</summary>
    Task StopAsync();

    /// <summary>Again, on the same data, and waits until it answers.</summary>
    Task StartAgainAsync();
}
