using System.Collections.Concurrent;
using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>A host as an operator runs it: a process of its own, killed without warning and started again at the same address.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const int LinesKept = 200;

    private readonly string[] _command;
    private readonly Dictionary<string, string> _environment;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly HttpClient _health = new() { Timeout = TimeSpan.FromSeconds(2) };
    private Process? _process;

    /// <param name="name">Such as <c>Streaming.CommandHost</c>.</param>
    public HostProcess(string name, IReadOnlyDictionary<string, string> settings, params IReadOnlyList<string> arguments)
    {
        Name = name;
        Url = new Uri($"http://127.0.0.1:{FreePorts.One()}");
        _command = [AssemblyOf(name), .. arguments];
        _environment = new Dictionary<string, string>(settings) { ["ASPNETCORE_URLS"] = Url.ToString() };
    }

    public string Name { get; }

    public Uri Url { get; }

    /// <summary>Started, and not ended by anybody since; a paused host runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Started, and ended without being told to.</summary>
    public bool HasEndedItself => _process is { HasExited: true };

    /// <summary>The host's newest lines, for a failure's message.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>What the running process has used of the processors so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var process = _process ?? throw new InvalidOperationException($"{Name} does not run.");
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>What the running process takes of memory now, shared pages by their share.</summary>
    public double MemoryMb => ProcessMemory.OfMb(_process?.Id ?? throw new InvalidOperationException($"{Name} does not run."));

    private static string Configuration =>
#if DEBUG
        "debug";
#else
        "release";
#endif

    /// <summary>Where the build puts a program.</summary>
    public static string AssemblyOf(string name) => Path.Combine(
        Repository.Root ?? throw new InvalidOperationException("Not in a clone."), "artifacts", "bin", name, Configuration, name + ".dll");

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", _command) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} could not be started.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task StartReadyAsync(TimeSpan deadline)
    {
        Start();
        await ReadyAsync(deadline);
    }

    public async Task ReadyAsync(TimeSpan deadline)
    {
        try
        {
            await Eventually.Async(IsReadyAsync, deadline, $"{Name} is ready at {Url}");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{Output}", late);
        }
    }

    /// <summary>SIGKILL: nothing of the host's own runs any more. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        var process = _process ?? throw new InvalidOperationException($"{Name} does not run.");
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
        Keep("--- kill -9 ---");
    }

    /// <summary>SIGSTOP: the process stays, its connections too, but nothing of it runs until <see cref="Resume"/>.</summary>
    public void Pause() => Send("STOP");

    /// <summary>SIGCONT.</summary>
    public void Resume() => Send("CONT");

    /// <summary>SIGTERM, as an operator stops a host. Returns when the process is gone.</summary>
    public async Task StopAsync()
    {
        Send("TERM");
        await _process!.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        _health.Dispose();
    }

    private void Send(string signal)
    {
        Signals.Send(_process ?? throw new InvalidOperationException($"{Name} does not run."), signal);
        Keep($"--- SIG{signal} ---");
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process is { HasExited: true })
            throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}:\n{Output}");
        try
        {
            using var answer = await _health.GetAsync(new Uri(Url, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
    }
}
