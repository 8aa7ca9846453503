using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Streaming.Hosting.Http;
using Streaming.Hosting.Kafka;
using Streaming.Hosting.Telemetry;
using HostOptions = Streaming.Hosting.Http.HostOptions;

namespace Streaming.Hosting;

/// <summary>What every host of the pipeline does alike: options checked at start, binding rule, API key, problem details, health.</summary>
public static class StreamingHost
{
    /// <summary>Health checks with this tag say whether the host can do its work now; those without, whether it must be restarted.</summary>
    public const string ReadyTag = "ready";

    public static WebApplicationBuilder AddStreamingHost(this WebApplicationBuilder builder)
    {
        // Without an address ASP.NET would take port 5000, which a second host finds busy.
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.Configuration["urls"] = "http://127.0.0.1:0";

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<TopicsOptions>().BindConfiguration(TopicsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<HostOptions>().BindConfiguration(HostOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<TokenKeys>();
        builder.Services.AddSingleton<TokenCheck>();
        builder.Services.AddRequestRate();
        builder.AddTelemetry();
        builder.Services.AddSingleton<TopicProvisioner>();
        builder.Services.AddProblemDetails();
        builder.Services.AddHealthChecks();
        builder.Logging.AddOperatorLog();
        return builder;
    }

    /// <summary>Adds the check of who calls, problem details, <c>/health/live</c>, <c>/health/ready</c>, and <c>/metrics</c> in Prometheus' format.</summary>
    /// <exception cref="InvalidOperationException">The host would listen outside loopback without a key.</exception>
    public static WebApplication UseStreamingHost(this WebApplication app)
    {
        ForbidOpenBinding(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<CallerMiddleware>();
        app.UseRequestRate();
        app.MapMetrics();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => !check.Tags.Contains(ReadyTag), ResponseWriter = WriteHealthAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteHealthAsync });
        return app;
    }

    /// <summary>Runs the host until it is stopped. Options that cannot be end it before it has begun, with a message that says which.</summary>
    /// <returns>What the process exits with.</returns>
    public static async Task<int> RunStreamingHostAsync(this WebApplication app)
    {
        if (!await app.HasValidOptionsAsync())
            return 1;

        // A host whose work ends with an exception stops by itself, which whoever started it must be able to tell from being stopped.
        var working = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped, or given up by its work, before it had begun to listen: that is an end like any other.
        }

        return working.Exists(work => work.ExecuteTask is { IsFaulted: true }) ? 1 : Environment.ExitCode;
    }

    /// <summary>Whether the options can be as they are; if not, it is said on standard error which cannot.</summary>
    public static async Task<bool> HasValidOptionsAsync(this WebApplication app)
    {
        try
        {
            // Asked for here, because the host would log the exception and throw it, so that it stood in the log twice, with two stack traces.
            app.Services.GetService<IStartupValidator>()?.Validate();
            return true;
        }
        catch (Exception cause) when (cause is OptionsValidationException or AggregateException)
        {
            foreach (var failure in Failures(cause))
                await Console.Error.WriteLineAsync(failure);
            return false;
        }
    }

    private static IEnumerable<string> Failures(Exception cause) => cause switch
    {
        OptionsValidationException wrong => wrong.Failures,
        AggregateException several => several.InnerExceptions.SelectMany(Failures),
        _ => [cause.Message],
    };

    private static void ForbidOpenBinding(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<HostOptions>>().Value;
        var fromSections = app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        var urls = app.Urls.Concat((app.Configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)).Concat(fromSections).ToList();
        if (app.Configuration["http_ports"] is { Length: > 0 } ports && urls.Count == 0)
            urls.Add($"http://*:{ports}");
        Refuse(BindingRule.FirstViolation(urls, options));

        // Code may still have added an endpoint that no setting names: what the server really listens on is checked once more.
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            if (BindingRule.FirstViolation(bound, options) is { } violation)
            {
                app.Logger.BindingRefused(violation);
                Environment.ExitCode = 1;
                app.Lifetime.StopApplication();
            }
        });
    }

    private static void Refuse(string? violation)
    {
        if (violation is not null)
            throw new InvalidOperationException(violation);
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(entry => entry.Key, entry => new { status = entry.Value.Status.ToString(), entry.Value.Description }),
        }, JsonSerializerOptions.Web, context.RequestAborted);
    }
}
