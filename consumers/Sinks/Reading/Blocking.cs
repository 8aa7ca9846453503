namespace Streaming.Sinks.Reading;

/// <summary>Runs calls that block, as those to Kafka's client do while they wait for the cluster: each on a thread of its own, so that the pool's stay free.</summary>
internal static class Blocking
{
    public static Task<T> RunAsync<T>(Func<T> call, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(call, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task RunAsync(Action call, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(call, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
