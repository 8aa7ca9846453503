using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;

namespace Streaming.Sinks.Worker;

/// <summary>What all generations of a host's sink have in common.</summary>
internal sealed class HostContext(
    IEventDecoder decoder,
    RecordReaders readers,
    SinkSubscription subscription,
    IEnumerable<FurtherTopic> furtherTopics,
    IEnumerable<EnrichmentStep> enrichments,
    TopicProvisioner provisioner,
    IOptions<KafkaOptions> kafka,
    IOptions<TopicsOptions> topics,
    IOptions<SinkOptions> options,
    TimeProvider time)
{
    public IEventDecoder Decoder => decoder;
    public RecordReaders Readers => readers;
    public TopicProvisioner Provisioner => provisioner;
    public KafkaOptions Kafka => kafka.Value;
    public SinkOptions Options => options.Value;
    public TimeProvider Time => time;

    /// <summary>What goes before the names of topics and groups.</summary>
    public string Prefix => topics.Value.Prefix;

    /// <summary>Whose events are read, with the prefix in their names.</summary>
    public IReadOnlyList<ContextTopics> Contexts { get; } = [.. subscription.Contexts.Select(context => context.WithPrefix(topics.Value.Prefix))];

    /// <summary>What runs before the sink; null for nothing.</summary>
    public EnrichmentStep? Enrichment { get; } = enrichments.SingleOrDefault();

    /// <summary>The topics of the sink under one of its names.</summary>
    public SinkTopics TopicsOf(string sink) => new(Prefix, sink, Contexts, [.. furtherTopics.Select(further => further.Definition)]);
}
