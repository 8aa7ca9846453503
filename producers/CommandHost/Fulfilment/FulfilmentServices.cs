using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.CommandHost.Sending;
using Streaming.CommandHost.Serving;
using Streaming.Commands.Routing;
using Streaming.Contexts.Fulfilment;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>Registers fulfilment with a host: who decides also routes and checks, who is asked also lists.</summary>
internal static class FulfilmentServices
{
    public static WebApplicationBuilder AddFulfilment(this WebApplicationBuilder builder)
    {
        var roles = HostRoles.Of(builder.Configuration);
        if (!roles.Fulfilment)
            return builder;
        var services = builder.Services;
        services.AddOptions<FulfilmentOptions>().BindConfiguration(FulfilmentOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var patience = builder.Configuration.GetSection(FulfilmentOptions.Section).Get<FulfilmentOptions>() ?? new();
        var context = FulfilmentContext.With(new(patience.StepTimeout, patience.RiskTimeout));
        builder.AddCommandContext(FulfilmentApi.Of(context));

        if (roles.Processor)
        {
            services.AddProcessRouter(context, FulfilmentContext.FromOrders);
            services.AddOptions<RiskCheckOptions>().BindConfiguration(RiskCheckOptions.Section).ValidateDataAnnotations().ValidateOnStart();
            services.TryAddSingleton(ApiClient.Create);
            services.AddSingleton<RiskService>();
            services.AddHostedService<RiskCheckWorker>();
        }

        if (roles.Api)
        {
            services.AddSingleton<OpenFulfilments>();
            services.AddSingleton<OpenFulfilmentsReader>();
            services.AddHostedService(provider => provider.GetRequiredService<OpenFulfilmentsReader>());
            services.AddSingleton<IServedContext, OpenFulfilmentsEndpoints>();
        }

        return builder;
    }
}
