using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Events;
using Streaming.Sinks.Gateway;
using Streaming.Sinks.Handling;
using Streaming.Sinks.Health;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks;

/// <summary>Whose events a sink reads; topics named without the installation's prefix.</summary>
public sealed record SinkSubscription(IReadOnlyList<ContextTopics> Contexts);

/// <summary>A topic that a sink needs beside those that all have; named without the installation's prefix.</summary>
internal sealed record FurtherTopic(TopicDefinition Definition);

/// <summary>Adds a sink to its host.</summary>
public static class SinkRegistration
{
    /// <summary>Runs <typeparamref name="TSink"/> over the events of these contexts: worker, health and metrics included.</summary>
    public static IServiceCollection AddSink<TSink>(this IServiceCollection services, params ContextTopics[] contexts)
        where TSink : class, ISink
    {
        services.AddOptions<SinkOptions>().BindConfiguration(SinkOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new SinkSubscription(contexts));
        services.AddSingleton<ISink, TSink>();
        services.AddOptions<SchemaRegistryOptions>().BindConfiguration(SchemaRegistryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ISchemaRegistry>(provider =>
            new SchemaRegistryClient(provider.GetRequiredService<IOptions<SchemaRegistryOptions>>().Value));
        services.TryAddSingleton(provider => new RecordReaders(provider.GetRequiredService<ISchemaRegistry>(), AvroRecords.All));
        services.AddSingleton<IEventDecoder, EventDecoder>();
        services.AddOptions<DryRunOptions>().BindConfiguration(DryRunOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DryRun>();
        services.AddSingleton<IHttpMessageHandlerBuilderFilter, SilentClients>();
        services.AddSingleton<SinkRuns>();
        services.AddSingleton<HostContext>();
        services.AddHostedService<SinkWorker>();
        services.AddHealthChecks().AddCheck<SinkHealthCheck>("sink", tags: [StreamingHost.ReadyTag]);
        // A batch in hand is finished before the group is left: the host waits longer than that takes.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        return services;
    }

    /// <summary>Runs a handler over the events of these contexts, as a sink of this name: for whoever tells others, and keeps nothing himself.</summary>
    public static IServiceCollection AddHandler<THandler>(this IServiceCollection services, string name, params ContextTopics[] contexts)
        where THandler : class, IEventHandler
    {
        var checkpoints = TopicCatalogue.CheckpointsOf(name);
        services.TryAddSingleton<THandler>();   // It may be registered already, as a typed HTTP client.
        services.AddSingleton(new FurtherTopic(checkpoints));
        services.AddGateway();
        services.AddSink<HandlerSink>(contexts);
        services.Replace(ServiceDescriptor.Singleton<ISink>(provider => new HandlerSink(
            name, provider.GetRequiredService<THandler>(),
            new CheckpointLog(provider.GetRequiredService<IOptions<KafkaOptions>>().Value, Prefixed(provider, checkpoints.Name), Prefixed(provider, name)),
            NewGateway(provider, name), provider.GetRequiredService<IOptions<SinkOptions>>().Value.LanesMax)));
        return services;
    }

    /// <summary>Runs before the host's sink, and fetches what its projections need from outside.</summary>
    public static IServiceCollection AddEnrichment<TEnrichment>(this IServiceCollection services)
        where TEnrichment : class, IEventEnrichment
    {
        services.AddGateway();
        services.TryAddSingleton<TEnrichment>();   // It may be registered already, as a typed HTTP client.
        services.AddSingleton(provider => new EnrichmentStep(
            provider.GetRequiredService<TEnrichment>(), NewGateway(provider, provider.GetRequiredService<ISink>().Name),
            provider.GetRequiredService<IOptions<SinkOptions>>().Value.LanesMax));
        return services;
    }

    /// <summary>Records what this client's calls are answered, and answers replays from that.</summary>
    public static IHttpClientBuilder AddRecording(this IHttpClientBuilder client) => client.AddHttpMessageHandler<RecordingHandler>();

    private static void AddGateway(this IServiceCollection services)
    {
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new FurtherTopic(TopicCatalogue.Recordings));
        services.TryAddTransient<RecordingHandler>();
        services.TryAddSingleton<IRecordingLog>(CreateRecordings);
    }

    private static IRecordingLog CreateRecordings(IServiceProvider provider)
    {
        var recordings = new RecordingLog(
            provider.GetRequiredService<IOptions<KafkaOptions>>().Value, Prefixed(provider, TopicCatalogue.Recordings.Name), Prefixed(provider, "gateway"));
        return provider.GetRequiredService<IOptions<DryRunOptions>>().Value.IsOn ? new ReadOnlyRecordings(recordings) : recordings;
    }

    private static RecordingGateway NewGateway(IServiceProvider provider, string sink) => new(provider.GetRequiredService<IRecordingLog>(), sink);

    private static string Prefixed(IServiceProvider provider, string name) => provider.GetRequiredService<IOptions<TopicsOptions>>().Value.Prefix + name;
}
