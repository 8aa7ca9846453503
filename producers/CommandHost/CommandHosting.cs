using Streaming.CommandHost.Accounts;
using Streaming.CommandHost.Describing;
using Streaming.CommandHost.Fulfilment;
using Streaming.CommandHost.Inventory;
using Streaming.CommandHost.Orders;
using Streaming.CommandHost.Serving;
using Streaming.Hosting;

namespace Streaming.CommandHost;

/// <summary>The host: an HTTP API for commands, the processors that decide them, or both.</summary>
public static class CommandHosting
{
    /// <summary>What every command host has, and our own contexts.</summary>
    public static WebApplicationBuilder AddCommandHost(this WebApplicationBuilder builder) => builder
        .AddBareCommandHost()
        .AddCommandContext(InventoryApi.Definition)
        .AddCommandContext(AccountsApi.Definition)
        .AddCommandContext(OrdersApi.Definition)
        .AddOrderPlacing()
        .AddFulfilment();

    /// <summary>What every command host has, without a context: add your own with <see cref="ContextHosting.AddCommandContext"/>.</summary>
    public static WebApplicationBuilder AddBareCommandHost(this WebApplicationBuilder builder)
    {
        builder.AddStreamingHost();
        var roles = HostRoles.Of(builder.Configuration);
        builder.Services.AddSingleton(roles);
        if (roles.Api)
            builder.Services.AddCommandApi(builder.Configuration);
        return builder;
    }

    /// <summary>Maps what the host's roles ask for.</summary>
    public static WebApplication UseCommandHost(this WebApplication app)
    {
        app.UseStreamingHost();
        foreach (var context in app.Services.GetServices<IServedContext>())
            context.Map(app);
        if (app.Services.GetService<OpenApiDocument>() is { } document)
            app.MapGet("/openapi/v1.json", () => Results.Text(document.Json, "application/json"));
        return app;
    }
}
