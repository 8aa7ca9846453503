using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>What .NET cannot send to another process itself.</summary>
internal static class Signals
{
    /// <param name="name">Such as <c>STOP</c>.</param>
    public static void Send(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"SIG{name} could not be sent to process {process.Id}.");
    }
}
