using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Sinks.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Health;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.Worker;

/// <summary>Runs one sink, or one generation of it: makes destination and topics ready, then reads as a member of the sink's group until it is stopped.</summary>
/// <param name="generation">Which one the sink writes; null where the destination holds one only.</param>
/// <param name="isPinned">The host was configured for that one.</param>
/// <param name="isBeside">Readers see another generation, which may run here, too.</param>
internal sealed class SinkRun(
    ISink sink, int? generation, bool isPinned, bool isBeside, HostContext host, SinkControl control, SinkStatus status, SinkMetrics metrics, SemaphoreSlim writers, ILogger logger)
{
    private SinkOptions Options => host.Options;

    public async Task RunAsync(CancellationToken stopping)
    {
        await PrepareAsync(stopping);
        status.Problem = "waiting for Kafka and its topics";
        var ours = host.TopicsOf(sink.Name);
        await host.Provisioner.EnsureAsync(ours.All, stopping);

        var group = host.Prefix + sink.Name;
        logger.Starting(sink.Name, string.Join(", ", host.Contexts.Select(context => context.Events.Name)), group);
        using var reader = new LogReader(ConsumerSettings.OutsideGroups(host.Kafka, group));
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ConsumerSettings.Producer(host.Kafka))
            .SetLogHandler((_, message) => logger.LibrdkafkaSays(message.Facility, message.Message))
            .Build();

        using var deadLetterProducers = new FencedProducers(host.Kafka, ours.DeadLetters.Name);
        status.Problem = "waiting for the group to assign partitions";
        using var cluster = new ClusterView(host.Kafka.ToClientConfig());
        var settings = ConsumerSettings.Create(host.Kafka, group, Options.InstanceId);
        var context = new WorkerContext
        {
            Sink = sink,
            Decoder = host.Decoder,
            Erasures = new ErasureLog(reader, host.Contexts.ToDictionary(context => context.Events.Name, context => context.Erasures.Name), host.Readers),
            DeadLetters = new DeadLetterLog(ours.DeadLetters.Name, reader, deadLetterProducers, host.Time),
            Control = control,
            Log = new PartitionLog(reader),
            Enrichment = isBeside ? host.Enrichment?.Beside() : host.Enrichment,
            Options = Options,
            Metrics = metrics,
            Writers = writers,
            Circuit = RetryPolicy.CreateCircuit(sink, host.Time),
            Lease = ConsumerSettings.LeaseOf(settings),
            Time = host.Time,
            Logger = logger,
        };
        using var consumer = new GroupConsumer(settings, context, status, cluster);
        var reporting = new SinkReporter(sink.Name, generation, isPinned, ours.Status.Name, status, Options, producer, host.Time, logger).RunAsync(stopping);

        await Blocking.RunAsync(() => consumer.Run([.. host.Contexts.Select(context => context.Events.Name)], stopping), CancellationToken.None);
        await reporting;
        producer.Flush(TimeSpan.FromSeconds(5));
    }

    private async Task PrepareAsync(CancellationToken stopping)
    {
        var delay = TimeSpan.FromMilliseconds(Options.RetryDelayMs);
        var delayMax = TimeSpan.FromMilliseconds(Options.RetryDelayMaxMs);
        while (true)
        {
            try
            {
                await sink.PrepareAsync(stopping);
                return;
            }
            catch (Exception cause) when (sink.IsTransient(cause) && !stopping.IsCancellationRequested)
            {
                status.Problem = $"the destination is not ready: {cause.Message}";
                logger.NotReady(cause, sink.Name, (long)delay.TotalMilliseconds, cause.Message);
                await Task.Delay(delay, host.Time, stopping);
                delay = delay * 2 < delayMax ? delay * 2 : delayMax;
            }
        }
    }
}
