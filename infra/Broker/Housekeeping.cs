using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker;

/// <summary>What happens by the clock: transactions past their time are aborted, segments past their retention deleted.</summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    // Kafka's producer.id.expiration.ms.
    private static readonly TimeSpan ProducerIdle = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly Task _running;

    public Housekeeping(TopicTable topics, TransactionCoordinator transactions, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _running = Task.WhenAll(
            RunAsync(TimeSpan.FromMilliseconds(options.TransactionCheckIntervalMs), time, transactions.EndOverdue),
            RunAsync(TimeSpan.FromMilliseconds(options.RetentionCheckIntervalMs), time, () => Retain(topics)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private static void Retain(TopicTable topics)
    {
        foreach (var log in topics.All.SelectMany(topic => topic.Partitions))
            log.Retain((long)ProducerIdle.TotalMilliseconds);
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider time, Action work)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                Run(work);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    // A full disk, say, must not end the housekeeping: the next round tries again.
    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch (IOException cause)
        {
            _logger.HousekeepingFailed(cause);
        }
    }
}
