using System.Diagnostics;

namespace Streaming.Local.Postgres;

/// <summary>One run of the server over a cluster, on its leash.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // A session of its own: Ctrl-C in a terminal is for us, and we stop the server in our order.
    private const string Script = """
        log=$1; shift
        exec $(command -v setsid) "$@" >>"$log" 2>&1 </dev/null
        """;

    private readonly Process _process;
    private readonly PostgresLeash _leash;
    private readonly PostmasterFile _postmaster;
    private readonly string _logFile;
    private readonly long _logStartOffset;

    public PostgresServer(
        PostgresPlace place, PostgresBinaries binaries, ServerUser user, int port, string logFile, IEnumerable<string> remove)
    {
        Port = port;
        _logFile = logFile;
        _logStartOffset = File.Exists(logFile) ? new FileInfo(logFile).Length : 0;
        _postmaster = new PostmasterFile(place.DataFolder);
        _process = Process.Start(Command.Describe(
        [
            "sh", "-c", Script, "sh", logFile,
            .. user.Run(binaries.Server, "-D", place.DataFolder, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1"),
        ]))!;
        _leash = new PostgresLeash(_process.Id, remove);
        Ended = _process.WaitForExitAsync();
    }

    public int Port { get; }

    public Task Ended { get; }

    public bool IsReady => !Ended.IsCompleted && _postmaster.IsReady(_process.Id);

    /// <summary>What this run has printed so far.</summary>
    public string Printed()
    {
        if (!File.Exists(_logFile))
            return "";
        using var reader = new StreamReader(new FileStream(_logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        reader.BaseStream.Position = _logStartOffset;
        return reader.ReadToEnd().Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await _leash.PullAsync();
        await Ended;
        _leash.Dispose();
        _process.Dispose();
    }
}
