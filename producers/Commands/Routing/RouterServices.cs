using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Streaming.Hosting;

namespace Streaming.Commands.Routing;

/// <summary>Registers routers with a host.</summary>
public static class RouterServices
{
    /// <summary>Has the host bring a process manager the answers to its requests and what follows from others' events, sharing the work with all
    /// other hosts that do.</summary>
    /// <param name="context">The process manager. The results of all that it <see cref="CommandContext{TCommand, TEvent, TState}.Asks"/> are read.</param>
    /// <param name="routes">The events that it hears of. Records outside Streaming.Contracts are made known by
    /// <see cref="CommandServices.AddCommandRecords"/>.</param>
    public static IServiceCollection AddProcessRouter<TCommand, TEvent, TState>(
        this IServiceCollection services, CommandContext<TCommand, TEvent, TState> context, params IReadOnlyList<EventRoute<TCommand>> routes)
        where TCommand : class
        where TEvent : class
    {
        services.AddCommandRecords(context.Records);
        services.AddOptions<RouterOptions>().BindConfiguration(RouterOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ProcessRouter<TCommand, TEvent, TState>>(provider, context, routes));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ProcessRouter<TCommand, TEvent, TState>>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"{context.Topics.Context}-router",
            provider => new RouterHealth(provider.GetRequiredService<ProcessRouter<TCommand, TEvent, TState>>()),
            failureStatus: null, tags: [StreamingHost.ReadyTag]));
        return services;
    }
}
