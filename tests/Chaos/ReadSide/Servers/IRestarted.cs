namespace Streaming.Chaos.ReadSide.Servers;

/// <summary>A server that can be killed, and comes back at the same address with what it had promised to keep.</summary>
internal interface IRestarted : IAsyncDisposable
{
    /// <summary>SIGKILL.</summary>
    Task KillAsync();

    /// <summary>As an operator stops it. Returns when it has.</summary>
    Task StopAsync();

    /// <summary>Again, on the same data; returns when it answers.</summary>
    Task StartAgainAsync();
}
