using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>A stack as <c>make</c> starts and stops it, by the scripts themselves, in a home of its own. Whoever uses it builds the hosts first.</summary>
public sealed class ScriptedStack : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly TempFolder _home = new("stack");

    /// <summary>Names and values of <c>addresses.env</c>.</summary>
    public Dictionary<string, string> Addresses => File.ReadAllLines(Path.Combine(_home.Path, "addresses.env")).Select(line => line.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => parts[1].Replace(@"\", "", StringComparison.Ordinal));

    /// <summary>The .NET programs that run, by name. PostgreSQL is a child of one of them.</summary>
    public Dictionary<string, int> Processes => Directory.GetDirectories("/proc").Select(folder => (Id: Path.GetFileName(folder), Arguments: ArgumentsOf(folder)))
        .Where(process => process.Arguments.Contains($"--Local:Home={_home.Path}"))
        .ToDictionary(process => Path.GetFileNameWithoutExtension(process.Arguments[1]), process => int.Parse(process.Id));

    /// <summary>Runs <c>up</c>, <c>demo</c> or <c>down</c> to its end; what it printed, its warnings last.</summary>
    public async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root!, "infra", "scripts", script + ".sh"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The test's project has had the hosts built: a second build would run beside the other tests.
            Environment = { ["STREAMING_HOME"] = _home.Path, ["STREAMING_IS_BUILT"] = "yes" },
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{script} could not be started.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);   // It must not start anything beside what stops all of it.
            throw;
        }

        return process.ExitCode == 0 ? await output + await error : throw new InvalidOperationException($"{script} ended with {process.ExitCode}:\n{await output}\n{await error}");
    }

    /// <summary>SIGKILL. Returns when the process is gone.</summary>
    public async Task KillAsync(string program)
    {
        using var process = Process.GetProcessById(Processes[program]);
        process.Kill();
        await Eventually.Async(() => !Processes.ContainsKey(program), $"{program} is gone");
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        // For root, PostgreSQL's data is elsewhere, behind a link.
        if (new DirectoryInfo(Path.Combine(_home.Path, "postgres", "server")).ResolveLinkTarget(returnFinalTarget: true) is DirectoryInfo { Exists: true } elsewhere)
            elsewhere.Delete(recursive: true);
        _home.Dispose();
    }

    private static string[] ArgumentsOf(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "cmdline")).Split('\0');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];   // Not a process, or none any more.
        }
    }
}
