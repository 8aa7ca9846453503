using System.Diagnostics;

namespace Streaming.Architecture.Tests;

/// <summary>Some folders of the tree, copied elsewhere, for scripts that write into it.</summary>
internal sealed class TreeCopy : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(20);

    private readonly string[] _folders;
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("streaming-tree-");

    public TreeCopy(params string[] folders)
    {
        _folders = folders;
        var root = SourceTree.Read().Root;
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)))
        {
            var copy = At(Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Directory.CreateDirectory(At("tests"));
        foreach (var file in Directory.EnumerateFiles(root).Append(Path.Combine(root, "tests", "Directory.Build.props")))
            File.Copy(file, At(Path.GetRelativePath(root, file)));
        // Where packages were built or restored into the clone, they are there for the copy, too.
        if (Directory.Exists(Path.Combine(root, ".nuget")))
            Directory.CreateSymbolicLink(At(".nuget"), Path.Combine(root, ".nuget"));
    }

    public string At(string path) => Path.Combine(_copy.FullName, path);

    /// <summary>Every file of the copied folders, and of tests, by its path below the root.</summary>
    public HashSet<string> Files() => [.. _folders.Append("tests").Distinct().SelectMany(folder => Directory.EnumerateFiles(At(folder), "*", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(_copy.FullName, file))];

    /// <summary>By the script that <c>make</c> builds with, which leaves no compiler running.</summary>
    public async Task BuildAsync(params string[] projects)
    {
        var (code, said) = await RunAsync("infra/scripts/build.sh", projects);
        code.ShouldBe(0, said);
    }

    /// <summary>Runs a program in the copy; one with a slash in its name is the copy's own.</summary>
    public async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.Contains('/') ? At(program) : program, arguments)
        {
            WorkingDirectory = _copy.FullName, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Remove("STREAMING_HOME");   // Somebody's own stack is none of ours.
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} had not ended after {Deadline.TotalMinutes:0} min:\n{await output}{await errors}", late);
        }

        return (process.ExitCode, await output + await errors);
    }

    public void Dispose() => _copy.Delete(recursive: true);
}
