using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>The embedded search node in a process of its own, which a test can kill. Whoever uses it builds <c>tests/Search.Host</c> first.</summary>
public sealed class SearchProcess : IAsyncDisposable
{
    private readonly Process _process;
    private TempFolder? _ownFolder;

    private SearchProcess(Process process, string url) => (_process, Url) = (process, url);

    public string Url { get; }

    /// <summary>What the process takes of memory now, shared pages by their share.</summary>
    public double MemoryMb => ProcessMemory.OfMb(_process.Id);

    /// <summary>What the process has used of the processors so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>On a free port, with a folder of its own, removed in the end.</summary>
    public static async Task<SearchProcess> StartAsync()
    {
        var folder = new TempFolder("search");
        var node = await StartAsync(folder.Path);
        node._ownFolder = folder;
        return node;
    }

    public static async Task<SearchProcess> StartAsync(string dataDirectory, string url = "http://127.0.0.1:0")
    {
        var host = HostProcess.AssemblyOf("Streaming.Search.Host");
        var process = Process.Start(new ProcessStartInfo("dotnet", [host, dataDirectory, url]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The search node in {dataDirectory} ended before it was ready.");
        return new SearchProcess(process, line);
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
