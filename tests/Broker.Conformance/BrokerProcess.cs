using System.Diagnostics;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>The embedded broker in a process of its own, which a test can kill.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process, string bootstrapServers) => (_process, BootstrapServers) = (process, bootstrapServers);

    public string BootstrapServers { get; }

    public static async Task<BrokerProcess> StartAsync(string dataDirectory, int port = 0)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "Streaming.Broker.Host.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [host, dataDirectory, $"{port}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The broker in {dataDirectory} ended before it was ready.");
        return new BrokerProcess(process, line);
    }

    /// <summary>SIGKILL: nothing is flushed, closed or said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
