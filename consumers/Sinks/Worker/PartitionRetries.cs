using Polly;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>Tries what may pass until it does, with the partition paused in between, and says so.</summary>
internal sealed class PartitionRetries
{
    private readonly WorkerContext _context;
    private readonly IPartitionFeed _feed;
    private readonly PartitionStatus _status;
    private readonly ResiliencePipeline _retry;
    private readonly CancellationToken _stopping;
    private int _attempts;

    /// <param name="stopping">Ends the waits between tries.</param>
    public PartitionRetries(WorkerContext context, IPartitionFeed feed, PartitionStatus status, CancellationToken stopping)
    {
        (_context, _feed, _status, _stopping) = (context, feed, status, stopping);
        _retry = RetryPolicy.Create(context.Options, context.Sink, context.Time, OnRetry);
    }

    /// <summary>Tries until it succeeds, or cannot.</summary>
    /// <param name="cancellationToken">Ends a try under way.</param>
    public async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        var result = await _retry.ExecuteAsync(async _ => await action(cancellationToken), _stopping);
        if (_attempts > 0)
        {
            _context.Logger.Recovered(_context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset, _attempts);
            _attempts = 0;
            _status.Is(PartitionState.Running);
            _feed.Resume();
        }

        return result;
    }

    public Task TryAsync(Func<CancellationToken, Task> action, CancellationToken cancellationToken) => TryAsync(
        async cancel =>
        {
            await action(cancel);
            return true;
        }, cancellationToken);

    private void OnRetry(Exception cause, int attempt, TimeSpan delay)
    {
        _attempts = attempt;
        _status.Is(PartitionState.Retrying, cause.Message);
        _feed.Pause();
        _context.Metrics.Retried(_status);
        _context.Logger.Retrying(cause, _context.Sink.Name, _status.Topic, _status.Partition, _status.Progress.NextOffset,
            (long)delay.TotalMilliseconds, attempt, cause.Message);
    }
}
