using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.Local.Tests;

/// <summary>Streaming.Local as <c>make up</c> runs it: a process of its own.</summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly string _addressFile;

    private LocalProcess(Process process, string addressFile) => (_process, _addressFile) = (process, addressFile);

    /// <summary>Names and values of <c>local.env</c>.</summary>
    public Dictionary<string, string> Addresses { get; private set; } = [];

    public int DatabaseProcessId { get; private set; }

    public static async Task<LocalProcess> StartAsync(string home, params (string Name, string Value)[] settings)
    {
        var addressFile = Path.Combine(home, "local.env");
        File.Delete(addressFile);
        var start = new ProcessStartInfo("dotnet", [typeof(LocalStack).Assembly.Location, $"--Local:Home={home}"]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
            start.Environment[$"Local__{name}"] = value;
        var local = new LocalProcess(Process.Start(start)!, addressFile);
        local._process.OutputDataReceived += (_, _) => { };   // Read, so that the process never waits for us.
        local._process.BeginOutputReadLine();
        await Eventually.Async(() => File.Exists(addressFile) || local._process.HasExited, StartDeadline, $"{addressFile} is written");
        local._process.HasExited.ShouldBeFalse();
        local.Addresses = (await File.ReadAllLinesAsync(addressFile)).Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1].Trim('\''));
        var postmaster = Path.Combine(home, "postgres", "server", "cluster", "data", "postmaster.pid");
        local.DatabaseProcessId = File.Exists(postmaster) ? int.Parse(File.ReadLines(postmaster).First()) : 0;
        return local;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as make down sends it.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        File.Exists(_addressFile).ShouldBeFalse();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
