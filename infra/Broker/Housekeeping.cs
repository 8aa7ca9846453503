using Microsoft.Extensions.Logging;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker;

/// <summary>What happens by the clock: transactions past their time are aborted, transactional ids forgotten, segments past their retention deleted,
/// logs compacted.</summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly Task _running;

    public Housekeeping(
        TopicTable topics, TransactionCoordinator transactions, Compactor compactor, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _running = Task.WhenAll(
            RunAsync(options.TransactionCheckIntervalMs, time, () => transactions.EndOverdue()),
            RunAsync(options.RetentionCheckIntervalMs, time, () => Retain(topics, options)),
            RunAsync(options.RetentionCheckIntervalMs, time, () => transactions.ForgetIdle()),
            options.Compaction.IsEnabled ? RunAsync(options.Compaction.IntervalMs, time, () => compactor.RunAsync(_stopping.Token)) : Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private static void Retain(TopicTable topics, BrokerOptions options)
    {
        foreach (var log in topics.All.SelectMany(topic => topic.Partitions))
            log.Retain(options.ProducerIdExpirationMs);
    }

    private Task RunAsync(int intervalMs, TimeProvider time, Action work) => RunAsync(intervalMs, time, () =>
    {
        work();
        return Task.CompletedTask;
    });

    private async Task RunAsync(int intervalMs, TimeProvider time, Func<Task> work)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(intervalMs), time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await RunAsync(work);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    // A full disk, say, must not end the housekeeping: the next round tries again.
    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (IOException cause)
        {
            _logger.HousekeepingFailed(cause);
        }
    }
}
