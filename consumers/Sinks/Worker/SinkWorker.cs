using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>Runs one sink in its host: makes destination and topics ready, then reads as a member of the sink's group until the host stops.</summary>
internal sealed class SinkWorker(
    ISink sink,
    IEventDecoder decoder,
    RecordReaders readers,
    SinkSubscription subscription,
    TopicProvisioner provisioner,
    IOptions<KafkaOptions> kafka,
    IOptions<TopicsOptions> topics,
    IOptions<SinkOptions> options,
    SinkStatus status,
    SinkMetrics metrics,
    TimeProvider time,
    ILogger<SinkWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var contexts = subscription.Contexts.Select(context => context.WithPrefix(topics.Value.Prefix)).ToList();
        await PrepareAsync(stoppingToken);
        status.Problem = "waiting for Kafka and its topics";
        await provisioner.EnsureAsync([.. contexts.SelectMany(context => new[] { context.Events, context.Erasures })], stoppingToken);

        var group = topics.Value.Prefix + sink.Name;
        logger.Starting(sink.Name, string.Join(", ", contexts.Select(context => context.Events.Name)), group);
        status.Problem = "waiting for the group to assign partitions";

        using var cluster = new ClusterView(kafka.Value.ToClientConfig());
        using var writers = new SemaphoreSlim(options.Value.WritersMax);
        using var erasures = new ErasureLog(
            ConsumerSettings.OutsideGroups(kafka.Value, group), contexts.ToDictionary(context => context.Events.Name, context => context.Erasures.Name), readers);
        var context = new WorkerContext(sink, decoder, erasures, options.Value, metrics, writers, time, logger);
        using var consumer = new GroupConsumer(ConsumerSettings.Create(kafka.Value, group), context, status, cluster);

        // Polling blocks, so it gets a thread of its own for the life of the host.
        await Task.Factory.StartNew(
            () => consumer.Run([.. contexts.Select(context => context.Events.Name)], stoppingToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private async Task PrepareAsync(CancellationToken stoppingToken)
    {
        var delay = TimeSpan.FromMilliseconds(options.Value.RetryDelayMs);
        var delayMax = TimeSpan.FromMilliseconds(options.Value.RetryDelayMaxMs);
        while (true)
        {
            try
            {
                await sink.PrepareAsync(stoppingToken);
                return;
            }
            catch (Exception cause) when (sink.IsTransient(cause) && !stoppingToken.IsCancellationRequested)
            {
                status.Problem = $"the destination is not ready: {cause.Message}";
                logger.NotReady(cause, sink.Name, (long)delay.TotalMilliseconds, cause.Message);
                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < delayMax ? delay * 2 : delayMax;
            }
        }
    }
}
