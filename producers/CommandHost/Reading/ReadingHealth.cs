using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streaming.CommandHost.Reading;

/// <summary>Ready once all events from before the start are indexed.</summary>
internal sealed class ReadingHealth(EventTail tail) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(tail.CaughtUp.IsCompletedSuccessfully
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(string.Create(CultureInfo.InvariantCulture, $"still reading where the events are, {tail.EventCount} so far")));
}
