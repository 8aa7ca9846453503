namespace Streaming.Broker.Log;

/// <summary>Forces to disk for many at once: whoever comes while a flush runs shares the next one, however many they are.</summary>
internal sealed class SharedFlush(Action flush)
{
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Done when a flush is that began after this call, and so covers what was written before it. Faulted as that flush is.</summary>
    public Task RunAsync()
    {
        // A thread of its own: coordinators wait for it on those of the pool.
        lock (_gate)
            return _next ??= _running.ContinueWith(_ => Run(), CancellationToken.None, TaskContinuationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run()
    {
        lock (_gate)
            (_running, _next) = (_next!, null);
        flush();
    }
}
