using System.Globalization;
using System.Runtime.InteropServices;

namespace Streaming.Broker;

/// <summary>The files and sockets that the system allows the process to have open. The runtime ends the process when it cannot open a file of its own, so that the last of them are left to it.</summary>
/// <remarks>The system gives out the lowest number that is free, so that a number near the limit says that few are left. Known on Linux only.</remarks>
internal static class Descriptors
{
    private const int ConnectionReserve = 96;
    private const int FileReserve = 64;

    /// <summary>How many there may be.</summary>
    public static long Max { get; } = OperatingSystem.IsLinux() ? ReadMax() : long.MaxValue;

    /// <summary>Whether a connection may stay open that has this descriptor.</summary>
    public static bool AllowConnection(SafeHandle opened) => Allow(opened, ConnectionReserve);

    /// <summary>Whether a file may stay open that has this descriptor.</summary>
    public static bool AllowFile(SafeHandle opened) => Allow(opened, FileReserve);

    private static bool Allow(SafeHandle opened, int reserve) => opened.DangerousGetHandle() < Max - Math.Min(reserve, Max / 4);

    // The runtime has raised the soft limit to the hard one.
    private static long ReadMax()
    {
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var max) ? max : long.MaxValue;
    }
}
