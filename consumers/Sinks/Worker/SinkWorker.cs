using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Sinks.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;
using Streaming.Sinks.Health;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.Worker;

/// <summary>Runs one sink in its host: makes destination and topics ready, then reads as a member of the sink's group until the host stops.</summary>
internal sealed class SinkWorker(
    ISink sink,
    IEventDecoder decoder,
    RecordReaders readers,
    SinkSubscription subscription,
    IEnumerable<FurtherTopic> furtherTopics,
    IEnumerable<EnrichmentStep> enrichments,
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
        var ours = new SinkTopics(topics.Value.Prefix, sink.Name, contexts, [.. furtherTopics.Select(further => further.Definition)]);
        await provisioner.EnsureAsync(ours.All, stoppingToken);

        var group = topics.Value.Prefix + sink.Name;
        logger.Starting(sink.Name, string.Join(", ", contexts.Select(context => context.Events.Name)), group);
        using var reader = new LogReader(ConsumerSettings.OutsideGroups(kafka.Value, group));
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ConsumerSettings.Producer(kafka.Value))
            .SetLogHandler((_, message) => logger.LibrdkafkaSays(message.Facility, message.Message))
            .Build();
        var control = new SinkControl(sink.Name, ours.Control.Name, producer);
        var follower = new ControlFollower(ConsumerSettings.Following(kafka.Value, group), ours.Control.Name, control, logger);
        var following = Blocking.RunAsync(() => follower.Run(stoppingToken), CancellationToken.None);
        await await Task.WhenAny(follower.CaughtUp, following);

        status.Problem = "waiting for the group to assign partitions";
        using var cluster = new ClusterView(kafka.Value.ToClientConfig());
        using var writers = new SemaphoreSlim(options.Value.WritersMax);
        var context = new WorkerContext
        {
            Sink = sink,
            Decoder = decoder,
            Erasures = new ErasureLog(reader, contexts.ToDictionary(context => context.Events.Name, context => context.Erasures.Name), readers),
            DeadLetters = new DeadLetterLog(ours.DeadLetters.Name, reader, producer, time),
            Control = control,
            Enrichment = enrichments.SingleOrDefault(),
            Options = options.Value,
            Metrics = metrics,
            Writers = writers,
            Circuit = RetryPolicy.CreateCircuit(sink, time),
            Time = time,
            Logger = logger,
        };
        using var consumer = new GroupConsumer(ConsumerSettings.Create(kafka.Value, group, options.Value.InstanceId), context, status, cluster);
        var reporting = new SinkReporter(sink.Name, ours.Status.Name, status, options.Value, producer, time, logger).RunAsync(stoppingToken);

        await Blocking.RunAsync(() => consumer.Run([.. contexts.Select(context => context.Events.Name)], stoppingToken), CancellationToken.None);
        await Task.WhenAll(following, reporting);
        producer.Flush(TimeSpan.FromSeconds(5));
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
