using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.DryRuns;

/// <summary>Reads the history that a host's sink would read, and tries everything that can be tried without a trace: no group, no checkpoint, no dead
/// letters, no calls, no topics made, nothing written to the destination.</summary>
internal sealed class DryRun(
    ISink sink,
    IEventDecoder decoder,
    RecordReaders readers,
    SinkSubscription subscription,
    IEnumerable<EnrichmentStep> enrichments,
    IOptions<KafkaOptions> kafka,
    IOptions<TopicsOptions> topics,
    IOptions<SinkOptions> options,
    IOptions<DryRunOptions> dryRun,
    TimeProvider time)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PrintEvery = TimeSpan.FromSeconds(1);

    /// <returns>What the process exits with: 0 without an error, 1 with some, 2 where it was cut off.</returns>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        var printer = new DryRunPrinter(output, sink.Name, findings, time);
        try
        {
            return await RunAsync(findings, printer, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            printer.CutOff("it was stopped");
        }
        catch (Exception cause)
        {
            printer.CutOff(cause.Message);
        }

        return 2;
    }

    private async Task<int> RunAsync(Findings findings, DryRunPrinter printer, CancellationToken cancellationToken)
    {
        var group = topics.Value.Prefix + sink.Name;   // Asked for by the client, never joined.
        var outside = ConsumerSettings.OutsideGroups(kafka.Value, group);
        var contexts = subscription.Contexts.Select(context => context.WithPrefix(topics.Value.Prefix)).ToList();
        var partitions = await Blocking.RunAsync(() => Partitions(outside, [.. contexts.Select(context => context.Events.Name)]), cancellationToken);
        using var reader = new LogReader(outside);
        using var cluster = new ClusterView(kafka.Value.ToClientConfig());
        using var history = await Blocking.RunAsync(() => History.Open(outside, partitions, dryRun.Value.FromTime), cancellationToken);

        var erasures = new ErasureLog(reader, contexts.ToDictionary(context => context.Events.Name, context => context.Erasures.Name), readers);
        var trials = new Dictionary<TopicPartition, PartitionTrial>();
        var topicsThere = new Dictionary<string, SourcePartition>();
        foreach (var partition in partitions)
        {
            if (!topicsThere.TryGetValue(partition.Topic, out var source))
                topicsThere[partition.Topic] = source = await cluster.IdentifyAsync(partition);
            source = source with { Partition = partition.Partition };
            trials[partition] = new PartitionTrial(
                source, decoder, erasures, enrichments.SingleOrDefault(), sink.Rehearse(source), dryRun.Value.As, history.Whole.Contains(partition), findings);
            await trials[partition].ReadErasuresAsync(cancellationToken);
        }

        printer.Begin(partitions, history.TotalCount, dryRun.Value);
        await ReadAsync(history, trials, findings, printer, cancellationToken);
        printer.End(history, trials.Values.Select(trial => trial.Rehearsal?.Scope).FirstOrDefault());
        foreach (var trial in trials.Values)
            trial.Dispose();
        return findings.ErrorCount == 0 ? 0 : 1;
    }

    private async Task ReadAsync(History history, Dictionary<TopicPartition, PartitionTrial> trials, Findings findings, DryRunPrinter printer, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Value.WritersMax, CancellationToken = cancellationToken };
        for (var printedAt = time.GetTimestamp(); !history.IsAtEnd && findings.EventCount < dryRun.Value.Max;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var records = await Blocking.RunAsync(() => history.Read(Moment, cancellationToken), cancellationToken);
            var wanted = records.Take((int)Math.Min(records.Count, dryRun.Value.Max - findings.EventCount));
            await Parallel.ForEachAsync(
                wanted.GroupBy(record => new TopicPartition(record.Topic, record.Partition)), parallel,
                async (ofOne, cancel) => await trials[ofOne.Key].TryAsync(ofOne, cancel));
            if (time.GetElapsedTime(printedAt) < PrintEvery)
                continue;
            printer.Progress(history);
            printedAt = time.GetTimestamp();
        }
    }

    // Nothing is made: a topic that is not there has no history.
    private static List<TopicPartition> Partitions(ConsumerConfig config, IReadOnlyList<string> topics)
    {
        using var admin = QuietClients.Admin(config);
        var known = admin.GetMetadata(RequestTimeout).Topics.ToDictionary(topic => topic.Topic);
        var missing = topics.FirstOrDefault(topic => !known.ContainsKey(topic));
        return missing is null
            ? [.. topics.SelectMany(topic => known[topic].Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId)))]
            : throw new InvalidOperationException($"there is no topic {missing} on {config.BootstrapServers}, and a dry run makes none. Look at Kafka:BootstrapServers and Topics:Prefix.");
    }
}
