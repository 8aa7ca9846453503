using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>The tests watch what a process asks of the system.</summary>
public sealed class NeedsStraceAttribute : RequirementAttribute
{
    private static readonly Lazy<bool> Can = new(() =>
    {
        var can = TryTrace();
        if (!can)
            Console.WriteLine("absent: no strace here, or it may not trace; tests of what is on disk when are left out.");
        return can;
    });

    public override bool IsMet => Can.Value;

    private static bool TryTrace()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;   // No such program.
        }
    }
}
