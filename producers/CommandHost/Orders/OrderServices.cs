using Streaming.CommandHost.Serving;

namespace Streaming.CommandHost.Orders;

/// <summary>What orders offer beyond the commands of their aggregates.</summary>
internal static class OrderServices
{
    public static WebApplicationBuilder AddOrderPlacing(this WebApplicationBuilder builder)
    {
        if (HostRoles.Of(builder.Configuration).Api)
            builder.Services.AddSingleton<IServedContext, OrderPlacing>().AddSingleton<IServedContext, FulfilmentReading>();
        return builder;
    }
}
