using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Sinks.Control;
using Streaming.Sinks.Generations;
using Streaming.Sinks.Health;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.Worker;

/// <summary>Runs a host's sink until the host stops: follows what is set and asked on the control topic, and runs each generation that is to run.</summary>
internal sealed class SinkWorker(
    ISink sink, IEnumerable<ISinkGenerations> destinations, HostContext host, SinkRuns runs, IMeterFactory meters, ILogger<SinkWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var opening = new GenerationOpening(sink, destinations.SingleOrDefault());
        runs.Problem = "waiting for Kafka and its topics";
        var topics = host.TopicsOf(opening.Sink);
        await host.Provisioner.EnsureAsync([topics.Control, topics.Status], stoppingToken);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ConsumerSettings.Producer(host.Kafka))
            .SetLogHandler((_, message) => logger.LibrdkafkaSays(message.Facility, message.Message))
            .Build();
        var board = new ControlBoard(opening.Sink, topics.Control.Name, producer);
        var follower = new ControlFollower(ConsumerSettings.Following(host.Kafka, host.Prefix + opening.Sink), topics.Control.Name, board, logger);
        var following = Blocking.RunAsync(() => follower.Run(ending.Token), CancellationToken.None);
        var requesting = Task.CompletedTask;
        try
        {
            await await Task.WhenAny(follower.CaughtUp, following);
            stoppingToken.ThrowIfCancellationRequested();
            runs.Problem = null;
            if (opening.Destination is not null)
                requesting = FollowRequestsAsync(opening, board, ending.Token);
            await new GenerationRuns(host, opening, board, topics.Status.Name, runs, producer, meters, logger).RunAsync(stoppingToken);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(following, requesting);
        }
    }

    private async Task FollowRequestsAsync(GenerationOpening opening, ControlBoard board, CancellationToken stopping)
    {
        using var client = new ControlClient(host.Kafka, host.Prefix, host.Time);
        using var cluster = new ClusterView(host.Kafka.ToClientConfig());
        var progress = new GenerationProgress(opening.Sink, client, host.Options, host.Time);
        await new GenerationRequests(opening, board.Generations, progress, client, cluster, runs, host, sink, logger).RunAsync(stopping);
    }
}
