using Streaming.Sinks.Events;

namespace Streaming.Sinks.Handling;

/// <summary>Handles the events of a batch side by side where they belong to different aggregates, and one after another where they belong to the same.</summary>
internal static class KeyedParallel
{
    /// <summary>Completes when every event is handled, or fails with the failure of the earliest event that failed.</summary>
    /// <param name="lanesMax">Most events in hand at once.</param>
    public static async Task ForEachAsync(
        IReadOnlyList<RecordedEvent> events, int lanesMax, Func<RecordedEvent, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        var lanes = events.GroupBy(recorded => recorded.AggregateId).ToList();
        var failures = new List<(long Offset, Exception Cause)>();
        await Parallel.ForEachAsync(lanes, new ParallelOptions { MaxDegreeOfParallelism = lanesMax, CancellationToken = cancellationToken }, async (lane, cancel) =>
        {
            foreach (var recorded in lane)
            {
                try
                {
                    await handle(recorded, cancel);
                }
                catch (Exception cause) when (cause is not OperationCanceledException || !cancel.IsCancellationRequested)
                {
                    // The other lanes go on: what they have done needs not be done again.
                    lock (failures)
                        failures.Add((recorded.Offset, cause));
                    return;
                }
            }
        });
        if (failures.Count > 0)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures.MinBy(failure => failure.Offset).Cause);
    }
}
