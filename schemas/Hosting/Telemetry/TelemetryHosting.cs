using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Streaming.Hosting.Telemetry;

/// <summary>Registers what makes a host's telemetry visible.</summary>
internal static class TelemetryHosting
{
    /// <summary>Meters and sources of ours begin like this.</summary>
    public const string OwnPrefix = "Streaming.";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var options = Options(builder.Configuration);
        if (options.Metrics)
        {
            builder.Services.AddSingleton<MetricsBook>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<MetricsBook>());
        }

        var endpoint = options.OtlpEndpoint ?? builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        if (!string.IsNullOrEmpty(endpoint))
            builder.Services.AddHostedService(_ => new OtlpExport(options.OtlpEndpoint, builder.Environment.ApplicationName));
    }

    public static void MapMetrics(this WebApplication app)
    {
        if (app.Services.GetService<MetricsBook>() is not { } book)
            return;
        app.MapGet("/metrics", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await context.Response.WriteAsync(PrometheusText.Write(book.Read()), context.RequestAborted);
        });
    }

    private static TelemetryOptions Options(ConfigurationManager configuration) =>
        configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new();
}
