using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>The operator's program as an operator runs it: a process of its own, told by its environment where everything is.</summary>
/// <remarks>Whoever uses it builds <c>infra/Cli</c> first.</remarks>
public sealed class Streamctl(IReadOnlyDictionary<string, string> environment)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end.</summary>
    public async Task<StreamctlRun> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(Path.GetDirectoryName(HostProcess.AssemblyOf("Streaming.Cli"))!, "streamctl.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("streamctl could not be started.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return new(process.ExitCode, await output, await error);
    }
}

/// <summary>What came of it.</summary>
public sealed record StreamctlRun(int ExitCode, string Output, string Error)
{
    /// <summary>All of it, for a failure's message.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}
