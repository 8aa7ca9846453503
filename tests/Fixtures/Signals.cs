using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Streaming.Fixtures;

/// <summary>What .NET cannot send to another process itself.</summary>
internal static class Signals
{
    private const string Library = "libc";

    private static readonly Dictionary<string, int> Numbers = new() { ["INT"] = 2, ["TERM"] = 15, ["CONT"] = 18, ["STOP"] = 19 };

    /// <summary>Sent when this returns, without a process in between: a test that stops a host at a certain moment has no time for one.</summary>
    /// <param name="name">Such as <c>STOP</c>.</param>
    public static void Send(Process process, string name)
    {
        if (Native.kill(process.Id, Numbers[name]) != 0)
            throw new InvalidOperationException($"SIG{name} could not be sent to process {process.Id}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static class Native
    {
        [DllImport(Library, SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int kill(int processId, int signal);
    }
}
