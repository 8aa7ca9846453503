namespace Streaming.Cli.Tests.Servers;

/// <summary>A registry in a process of its own that may be killed, and comes back under the same address.</summary>
internal sealed class RestartedRegistry : IAsyncDisposable
{
    private readonly string[] _arguments;
    private ServerProcess _process;

    private RestartedRegistry(string[] arguments, ServerProcess process) => (_arguments, _process, Url) = (arguments, process, process.Address);

    public string Url { get; }

    public static async Task<RestartedRegistry> StartAsync(string bootstrapServers, string topic)
    {
        string[] arguments = ["registry", "--kafka", bootstrapServers, "--topic", topic];
        return new RestartedRegistry(arguments, await ServerProcess.StartAsync([.. arguments, "--listen", "127.0.0.1:0"]));
    }

    /// <summary>SIGKILL, and up again.</summary>
    public async Task KillAndRestartAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = await ServerProcess.StartAsync([.. _arguments, "--listen", new Uri(Url).Authority]);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
