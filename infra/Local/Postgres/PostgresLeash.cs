using System.Diagnostics;

namespace Streaming.Local.Postgres;

/// <summary>Ends a server when it is pulled, and also when this process ends in any way, kill -9 included.</summary>
/// <remarks>
/// A shell waits on a pipe whose other end only we hold: the system closes it when we are gone. (The parent-death signal of Linux follows
/// the thread that started the child, and threads of the pool come and go.)
/// </remarks>
internal sealed class PostgresLeash : IDisposable
{
    // Fast shutdown (INT), after 20 s immediate shutdown (QUIT): both are safe, the second recovers at the next start.
    private const string Script = """
        trap '' INT TERM HUP
        pid=$1; shift
        read -r _
        kill -INT "$pid" 2>/dev/null
        n=0
        while kill -0 "$pid" 2>/dev/null && [ "$n" -lt 400 ]; do
          sleep 0.05; n=$((n + 1))
          [ "$n" -ne 400 ] || kill -QUIT "$pid"
        done
        [ $# -eq 0 ] || rm -rf -- "$@"
        """;

    private readonly Process _shell;

    /// <summary>Holds the postmaster <paramref name="processId"/>; once it has ended, the folders in <paramref name="remove"/> go.</summary>
    public PostgresLeash(int processId, params IEnumerable<string> remove)
    {
        var start = Command.Describe(["sh", "-c", Script, "sh", $"{processId}", .. remove]);
        start.RedirectStandardInput = true;
        _shell = Process.Start(start)!;
    }

    /// <summary>Returns when the server has ended.</summary>
    public async Task PullAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
    }

    public void Dispose() => _shell.Dispose();
}
