using System.Diagnostics;

namespace Streaming.Benchmarks;

/// <summary>Calls at a fixed rate that do not wait for each other, as callers in the world do.</summary>
internal static class OpenLoop
{
    /// <param name="callAsync">Is given the call's number, and the timestamp (<see cref="Stopwatch"/>) at which its turn had come: counted from there, a stall is not hidden by sending less.</param>
    public static async Task RunAsync(int perSecond, TimeSpan time, Func<int, long, Task> callAsync)
    {
        var calls = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        var count = (int)(perSecond * time.TotalSeconds);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var sent = 0; sent < count;)
        {
            var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond) + 1);
            for (; sent < due; sent++)
                calls.Add(callAsync(sent, started + (long)((double)sent / perSecond * Stopwatch.Frequency)));
            await tick.WaitForNextTickAsync();
        }

        await Task.WhenAll(calls);
    }
}
