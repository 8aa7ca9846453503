using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Sinks;

namespace Streaming.Notifications;

/// <summary>The host that tells customers what became of their orders.</summary>
public static class NotificationsHost
{
    /// <summary>Builds the host; settings come from arguments, appsettings and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = SinkHost.CreateBuilder(args);
        builder.Services.AddOptions<NotificationOptions>().BindConfiguration(NotificationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient<OrderMessages>((services, http) =>
            http.BaseAddress = services.GetRequiredService<IOptions<NotificationOptions>>().Value.Url).AddRecording();
        builder.Services.AddHandler<OrderMessages>("notifications", TopicCatalogue.Orders);

        var app = builder.Build();
        app.UseStreamingHost();
        return app;
    }
}
