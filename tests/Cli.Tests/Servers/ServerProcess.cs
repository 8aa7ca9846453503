using System.Text.RegularExpressions;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Servers;

/// <summary>A server that streamctl runs, until it is stopped.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private ServerProcess(RunningProgram program) => _program = program;

    /// <summary>The last word of the line that says it is ready.</summary>
    public string Address => Ready().Match(_program.Printed).Groups["address"].Value;

    public static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        var server = new ServerProcess(new Streamctl(new Dictionary<string, string>()).Start(arguments));
        try
        {
            await server._program.AwaitAsync(Ready().IsMatch, "it is ready");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM. Returns the exit code.</summary>
    public Task<int> StopAsync()
    {
        _program.Terminate();
        return _program.EndAsync();
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync()
    {
        _program.Kill();
        return _program.EndAsync();
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    [GeneratedRegex(@"^\w+ ready at (?<address>\S+)\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Ready();
}
