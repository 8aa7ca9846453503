using System.Diagnostics;
using System.Globalization;

namespace Streaming.Benchmarks;

/// <summary>One way to do the thing that is measured.</summary>
/// <param name="Run">Does it as many times as it is told, so that the loop's price is not a call's.</param>
internal sealed record Contender(string Name, Action<int> Run);

/// <summary>Measures contenders by turns, so that a slow moment of the machine meets all of them, and compares medians.</summary>
internal static class Rounds
{
    // Many short rounds: most of them lie within one time slice, so that the median holds on a busy machine too.
    private const int RoundCount = 301;
    private static readonly TimeSpan _roundTime = TimeSpan.FromMilliseconds(1);

    // The runtime compiles what runs often at its best only after a while, in the background: processor time, so that a busy machine gets there too.
    private static readonly TimeSpan _warmTime = TimeSpan.FromMilliseconds(600);

    /// <summary>Measures and prints a table; ratios are to the first contender.</summary>
    public static void Compare(string title, IReadOnlyList<Contender> contenders)
    {
        var counts = contenders.Select(Calibrate).ToList();
        var times = contenders.Select(_ => new List<double>()).ToList();
        var bytes = new long[contenders.Count];
        for (var round = 0; round < RoundCount; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                var before = GC.GetTotalAllocatedBytes(precise: true);
                times[i].Add(Time(contenders[i], counts[i]).TotalNanoseconds / counts[i]);
                bytes[i] = (GC.GetTotalAllocatedBytes(precise: true) - before) / counts[i];
            }
        }
        Print(title, contenders, [.. times.Select(Median)], bytes);
    }

    /// <summary>How often it runs in one round's time; on the way there it is compiled at its best.</summary>
    private static int Calibrate(Contender contender)
    {
        const int count = 200;
        var times = new List<double>();
        for (var start = Environment.CpuUsage.TotalTime; Environment.CpuUsage.TotalTime - start < _warmTime;)
            times.Add(Time(contender, count).TotalMilliseconds);
        var newest = times[(times.Count / 2)..];
        return Math.Max(1, (int)(count * (_roundTime.TotalMilliseconds / Median(newest))));
    }

    private static TimeSpan Time(Contender contender, int count)
    {
        var start = Stopwatch.GetTimestamp();
        contender.Run(count);
        return Stopwatch.GetElapsedTime(start);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static void Print(string title, IReadOnlyList<Contender> contenders, double[] nanoseconds, long[] bytes)
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title,-58} {"ns/op",8} {"B/op",7} {"ratio",7}"));
        for (var i = 0; i < contenders.Count; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{contenders[i].Name,-58} {nanoseconds[i],8:F1} {bytes[i],7} {nanoseconds[i] / nanoseconds[0],7:F1}"));
    }
}
