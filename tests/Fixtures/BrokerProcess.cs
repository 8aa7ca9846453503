using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>The embedded broker in a process of its own, which a test can kill. Whoever uses it builds <c>tests/Broker.Host</c> first.</summary>
public sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private TempFolder? _ownFolder;

    private BrokerProcess(Process process, string bootstrapServers) => (_process, BootstrapServers) = (process, bootstrapServers);

    public string BootstrapServers { get; }

    public int ProcessId => _process.Id;

    /// <summary>On a free port, with a folder of its own, removed in the end.</summary>
    public static async Task<BrokerProcess> StartAsync()
    {
        var folder = new TempFolder("broker");
        var broker = await StartAsync(folder.Path);
        broker._ownFolder = folder;
        return broker;
    }

    /// <param name="port">0: any free one.</param>
    /// <param name="compactionIntervalMs">How often it looks for something to compact.</param>
    /// <param name="disk">The disk that it sees its folder on; null: that of the test.</param>
    /// <param name="openFilesMax">How many files and sockets the system allows it; null: as many as the test.</param>
    public static async Task<BrokerProcess> StartAsync(
        string dataDirectory, int port = 0, int compactionIntervalMs = 15_000, SmallDisk? disk = null, int? openFilesMax = null)
    {
        string[] limit = openFilesMax is { } files ? ["prlimit", $"--nofile={files}:{files}"] : [];
        string[] command = [.. disk?.Entry ?? [], .. limit, "dotnet", HostProcess.AssemblyOf("Streaming.Broker.Host"), dataDirectory, $"{port}", $"{compactionIntervalMs}"];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false })!;
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

    /// <summary>SIGTERM, and waits until it has stopped cleanly.</summary>
    public async Task StopAsync()
    {
        Signals.Send(_process, "TERM");
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        _ownFolder?.Dispose();
    }
}
