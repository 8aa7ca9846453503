using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streaming.Commands.Routing;

/// <summary>Ready once the router shares the work; unhealthy while a partition rests before a record that cannot be understood.</summary>
internal sealed class RouterHealth(IRouterStatus router) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        router.Trouble is { } trouble ? HealthCheckResult.Unhealthy($"{router.Context} router: {trouble}") : HealthCheckResult.Healthy());
}
