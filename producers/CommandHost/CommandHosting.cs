using Microsoft.Extensions.Options;
using Streaming.CommandHost.Inventory;
using Streaming.CommandHost.Sending;
using Streaming.Commands;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Contexts.Inventory;
using Streaming.Hosting;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost;

/// <summary>The host: an HTTP API for commands, the processor that decides them, or both.</summary>
public static class CommandHosting
{
    public static WebApplicationBuilder AddCommandHost(this WebApplicationBuilder builder)
    {
        builder.AddStreamingHost();
        var roles = builder.Configuration.GetSection(HostRoles.Section).Get<HostRoles>() ?? new();
        builder.Services.AddSingleton(roles);
        if (roles.Processor)
            builder.Services.AddCommandProcessor(InventoryContext.Definition);
        if (roles.Api)
            AddApi(builder.Services);
        return builder;
    }

    public static WebApplication UseCommandHost(this WebApplication app)
    {
        app.UseStreamingHost();
        if (app.Services.GetRequiredService<HostRoles>().Api)
            app.MapInventory();
        return app;
    }

    private static void AddApi(IServiceCollection services)
    {
        services.AddCommandRecords();
        services.AddOptions<CommandApiOptions>().BindConfiguration(CommandApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new CommandGateway(
            InventoryContext.Definition.Topics,
            InventoryContext.Definition.Records,
            provider.GetRequiredService<IOptions<KafkaOptions>>(),
            provider.GetRequiredService<IOptions<TopicsOptions>>(),
            provider.GetRequiredService<IOptions<CommandApiOptions>>(),
            provider.GetRequiredService<ContextPreparation>(),
            provider.GetRequiredService<RecordFormat>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CommandGateway>>()));
        services.AddHostedService(provider => provider.GetRequiredService<CommandGateway>());
        services.AddSingleton<InventoryApi>();
        services.AddHealthChecks().AddCheck<GatewayHealth>("command-api", tags: [StreamingHost.ReadyTag]);
    }
}
