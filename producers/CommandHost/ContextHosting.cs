using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Streaming.CommandHost.Describing;
using Streaming.CommandHost.Reading;
using Streaming.CommandHost.Sending;
using Streaming.CommandHost.Serving;
using Streaming.Commands;
using Streaming.Hosting;

namespace Streaming.CommandHost;

/// <summary>Registers contexts with a command host.</summary>
public static class ContextHosting
{
    /// <summary>Has the host decide a context's commands, take them over HTTP, or both, as its roles say.</summary>
    public static WebApplicationBuilder AddCommandContext<TCommand, TEvent, TState>(
        this WebApplicationBuilder builder, ContextApi<TCommand, TEvent, TState> api)
        where TCommand : class
        where TEvent : class
    {
        var roles = HostRoles.Of(builder.Configuration);
        if (roles.Processor)
            builder.Services.AddCommandProcessor(api.Context);
        if (roles.Api)
            builder.Services.AddServedContext(api);
        if (roles.Api && IsReadingEnabled(builder.Configuration))
            builder.Services.AddReading(api);
        return builder;
    }

    /// <summary>What the contexts of an API share.</summary>
    internal static IServiceCollection AddCommandApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCommandRecords([]);
        services.AddOptions<CommandApiOptions>().BindConfiguration(CommandApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(ApiClient.Create);
        services.TryAddSingleton<AggregateLogs>();
        services.TryAddSingleton<OpenApiDocument>();
        if (IsReadingEnabled(configuration))
            services.AddReading();
        return services;
    }

    private static bool IsReadingEnabled(IConfiguration configuration) =>
        (configuration.GetSection(ReadingOptions.Section).Get<ReadingOptions>() ?? new()).Enabled;

    private static void AddServedContext<TCommand, TEvent, TState>(this IServiceCollection services, ContextApi<TCommand, TEvent, TState> api)
        where TCommand : class
        where TEvent : class
    {
        services.AddCommandRecords(api.Context.Records);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ServedContext<TCommand, TEvent, TState>>(
            provider, api, ActivatorUtilities.CreateInstance<CommandGateway>(provider, api.Context.Topics, api.Context.Records)));
        services.AddSingleton<IServedContext>(provider => provider.GetRequiredService<ServedContext<TCommand, TEvent, TState>>());
        // Not AddHostedService: that takes the gateway of a second context for the same one.
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ServedContext<TCommand, TEvent, TState>>().Gateway);
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"{api.Name}-api",
            provider => new GatewayHealth(provider.GetRequiredService<ServedContext<TCommand, TEvent, TState>>().Gateway),
            failureStatus: null, tags: [StreamingHost.ReadyTag]));
    }
}
