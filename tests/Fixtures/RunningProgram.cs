using System.Diagnostics;
using System.Text;

namespace Streaming.Fixtures;

/// <summary>A program on its way: what it has printed so far, a signal to it, and how it ends.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly Task _reading;

    private RunningProgram(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Output and errors, as they came.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
                return _printed.ToString();
        }
    }

    public static RunningProgram Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started."));
    }

    /// <summary>Returns once it has printed this.</summary>
    public Task AwaitAsync(string text) => AwaitAsync(printed => printed.Contains(text, StringComparison.Ordinal), $"it prints '{text}'");

    /// <param name="what">Completes the sentence "not within 60 s: …".</param>
    public async Task AwaitAsync(Func<string, bool> isThere, string what)
    {
        try
        {
            await Eventually.Async(() => isThere(Printed), Deadline, what);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; it printed:\n{Printed}", late);
        }
    }

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void Interrupt() => Signals.Send(_process, "INT");

    /// <summary>SIGTERM, as an operator stops it.</summary>
    public void Terminate() => Signals.Send(_process, "TERM");

    /// <summary>SIGKILL: it gets no chance to say good-bye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What its keyboard would send; of use in a terminal.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The exit code, once it has ended and everything that it printed is there.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        await _reading.WaitAsync(Deadline);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader from)
    {
        var characters = new char[1_024];
        while (await from.ReadAsync(characters) is > 0 and var count)
        {
            lock (_printed)
                _printed.Append(characters, 0, count);
        }
    }
}
