using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Servers;

/// <summary>A server that streamctl runs, until it is stopped.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _log;

    private ServerProcess(Process process, Task<string> log, string address) => (_process, _log, Address) = (process, log, address);

    /// <summary>The last word of the line that says it is ready.</summary>
    public string Address { get; }

    public static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Streamctl.Assembly, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        var log = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
        return new ServerProcess(process, log, line?.Split(" ready at ")[1] ?? throw new InvalidOperationException($"It ended before it was ready: {await log}"));
    }

    /// <summary>SIGTERM. Returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Send(_process, "TERM");
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
    }
}
