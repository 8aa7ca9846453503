using System.Globalization;
using System.Runtime.InteropServices;

namespace Streaming.Benchmarks;

/// <summary>Where and when the figures were taken: they mean nothing without.</summary>
internal static class Machine
{
    public static void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC · {Processor()} × {Environment.ProcessorCount} · {RuntimeInformation.OSDescription} · {RuntimeInformation.FrameworkDescription}"));

    private static string Processor()
    {
        const string information = "/proc/cpuinfo";
        var line = File.Exists(information) ? File.ReadLines(information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
