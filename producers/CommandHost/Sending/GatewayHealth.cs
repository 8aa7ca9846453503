using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streaming.CommandHost.Sending;

/// <summary>Ready once the results from before the start are read: callers can be answered from then on.</summary>
internal sealed class GatewayHealth(CommandGateway gateway) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gateway.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("still reading earlier results"));
}
