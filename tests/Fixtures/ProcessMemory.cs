using System.Globalization;

namespace Streaming.Fixtures;

/// <summary>What a process takes of memory.</summary>
public static class ProcessMemory
{
    /// <summary>Now, in MiB, shared pages by their share (PSS).</summary>
    public static double OfMb(int processId) => File.ReadLines($"/proc/{processId}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1_024).Single();
}
