using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Streaming.Sinks.Events;
using Streaming.Sinks.Health;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks;

/// <summary>Whose events a sink reads; topics named without the installation's prefix.</summary>
public sealed record SinkSubscription(IReadOnlyList<ContextTopics> Contexts);

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
        services.AddSingleton<SinkStatus>();
        services.AddSingleton<SinkMetrics>();
        services.AddHostedService<SinkWorker>();
        services.AddHealthChecks().AddCheck<SinkHealthCheck>("sink", tags: [StreamingHost.ReadyTag]);
        // A batch in hand is finished before the group is left: the host waits longer than that takes.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        return services;
    }
}
