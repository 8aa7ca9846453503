using Microsoft.Extensions.Options;
using Streaming.CommandHost.Serving;
using Streaming.Hosting;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost.Reading;

/// <summary>Registers reading from the log with a host.</summary>
internal static class ReadingServices
{
    /// <summary>What the contexts share.</summary>
    public static IServiceCollection AddReading(this IServiceCollection services)
    {
        services.AddOptions<ReadingOptions>().BindConfiguration(ReadingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EventTail>();
        services.AddHostedService(provider => provider.GetRequiredService<EventTail>());
        services.AddSingleton<LogReader>();
        services.AddSingleton<EventJson>();
        services.AddHealthChecks().AddCheck<ReadingHealth>("reading", tags: [StreamingHost.ReadyTag]);
        return services;
    }

    /// <summary>Indexes a context's events, and answers for its aggregates.</summary>
    public static IServiceCollection AddReading<TCommand, TEvent, TState>(this IServiceCollection services, ContextApi<TCommand, TEvent, TState> api)
        where TCommand : class
        where TEvent : class
    {
        var index = new EventIndex();
        services.AddSingleton(provider => new IndexedContext(
            api.Context.Topics, index, provider.GetRequiredService<ServedContext<TCommand, TEvent, TState>>().Gateway.Prepared));
        services.AddSingleton<AggregateLog>(provider => new(
            api.Context.Topics.WithPrefix(provider.GetRequiredService<IOptions<TopicsOptions>>().Value.Prefix),
            index,
            provider.GetRequiredService<LogReader>(),
            provider.GetRequiredService<EventTail>().CaughtUp));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ReadContext<TCommand, TEvent, TState>>(
            provider, api, provider.GetRequiredService<AggregateLogs>().Find(api.Name)!));
        services.AddSingleton<IServedContext>(provider => provider.GetRequiredService<ReadContext<TCommand, TEvent, TState>>());
        return services;
    }
}
