using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Streaming.Hosting.Http;

/// <summary>How often one caller may call: by name where it has one, else by address. Health endpoints are never limited.</summary>
internal static class RequestRate
{
    public static IServiceCollection AddRequestRate(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<HostOptions>>((limiter, host) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => LimitOf(context, host.Value));
            limiter.OnRejected = RefuseAsync;
        });
        return services;
    }

    public static void UseRequestRate(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<HostOptions>>().Value.RequestsPerSecondMax > 0)
            app.UseRateLimiter();
    }

    private static RateLimitPartition<string> LimitOf(HttpContext context, HostOptions options)
    {
        if (context.Request.Path.StartsWithSegments("/health"))
            return RateLimitPartition.GetNoLimiter("health");
        var caller = context.User.Actor is { } actor ? $"actor {actor}" : $"address {context.Connection.RemoteIpAddress}";
        return RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RequestsBurstMax > 0 ? options.RequestsBurstMax : options.RequestsPerSecondMax,
            TokensPerPeriod = options.RequestsPerSecondMax,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var given) ? given : TimeSpan.FromSeconds(1);
        var context = rejected.HttpContext;
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var options = context.RequestServices.GetRequiredService<IOptions<HostOptions>>().Value;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Status = StatusCodes.Status429TooManyRequests,
                Title = "Too many requests",
                Detail = $"One caller may call {options.RequestsPerSecondMax} times per second here: try again after what Retry-After says.",
            },
        });
    }
}
