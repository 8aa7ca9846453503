namespace Streaming.Local.Postgres;

/// <summary>PostgreSQL's own lock file, <c>postmaster.pid</c>: who serves the data, and whether it is ready.</summary>
/// <remarks>Lines: 1 process id, 2 data folder, 4 port, 7 shared memory, 8 status. Source: src/include/utils/pidfile.h.</remarks>
internal sealed class PostmasterFile(string dataFolder)
{
    private const int StatusLine = 7;

    private readonly string _path = Path.Combine(dataFolder, "postmaster.pid");

    public bool IsReady(int processId) =>
        Read() is { Length: > StatusLine } lines && lines[0] == $"{processId}" && lines[StatusLine].Trim() == "ready";

    /// <summary>The process that still serves this data although whoever started it is gone; null when there is none.</summary>
    public int? FindOrphan()
    {
        if (Read() is not [var first, ..] || !int.TryParse(first, out var processId) || !File.Exists($"/proc/{processId}/cmdline"))
            return null;
        if (File.ReadAllText($"/proc/{processId}/cmdline").Split('\0').Contains(dataFolder))
            return processId;
        Disown();
        return null;
    }

    /// <summary>
    /// The number belongs to another process by now (after a reboot, or in a new container), and PostgreSQL would take that for a running
    /// server. It does not when the number is its parent's; it then still looks whether the shared memory is in use.
    /// </summary>
    private void Disown() => File.WriteAllLines(_path, [$"{Environment.ProcessId}", .. Read().Skip(1)]);

    private string[] Read() => File.Exists(_path) ? File.ReadAllLines(_path) : [];
}
