using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>A program that was run to its end, and what came of it.</summary>
public sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <param name="assembly">Path of its .dll.</param>
    public static Task<ProgramRun> OfAsync(string assembly, IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return OfAsync(start);
    }

    /// <param name="program">Found on the path.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static Task<ProgramRun> OfProgramAsync(string program, string workingDirectory, params IReadOnlyList<string> arguments) =>
        OfAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = workingDirectory });

    private static async Task<ProgramRun> OfAsync(ProcessStartInfo start)
    {
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>All of it, for a failure's message.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}
