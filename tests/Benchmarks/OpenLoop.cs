using System.Diagnostics;

namespace Streaming.Benchmarks;

/// <summary>Calls at a fixed rate that do not wait for each other, as callers in the world do.</summary>
internal static class OpenLoop
{
    private const int WaitMs = 1;

    /// <param name="callAsync">Is given the call's number, and the timestamp (<see cref="Stopwatch"/>) at which its turn had come: counted from there, a stall is not hidden by sending less.</param>
    public static async Task RunAsync(int perSecond, TimeSpan time, Func<int, long, Task> callAsync) =>
        await await Task.Factory.StartNew(() => Task.WhenAll(Call(perSecond, time, callAsync)), TaskCreationOptions.LongRunning);

    // A thread of its own, which waits for an event that never comes: timers of the runtime are up to 4 ms late, more than what is measured.
    private static List<Task> Call(int perSecond, TimeSpan time, Func<int, long, Task> callAsync)
    {
        var calls = new List<Task>();
        using var never = new ManualResetEvent(false);
        var started = Stopwatch.GetTimestamp();
        var count = (int)(perSecond * time.TotalSeconds);
        while (calls.Count < count)
        {
            var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond) + 1);
            for (var number = calls.Count; number < due; number++)
                calls.Add(callAsync(number, started + (long)((double)number / perSecond * Stopwatch.Frequency)));
            never.WaitOne(WaitMs);
        }

        return calls;
    }
}
