using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Streaming.Sinks.Health;

/// <summary>Unhealthy when the sink, or any partition that this host has, makes no progress; names each with its reason.</summary>
internal sealed class SinkHealthCheck(SinkStatus status, IOptions<SinkOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stallAfter = TimeSpan.FromMilliseconds(options.Value.StallAfterMs);
        var problems = status.Partitions.Select(partition => partition.Problem(stallAfter)).Prepend(status.Problem).OfType<string>().ToList();
        var parkedCount = status.Partitions.Sum(partition => partition.ParkedCount);
        return Task.FromResult((problems.Count, parkedCount) switch
        {
            ( > 0, _) => HealthCheckResult.Unhealthy(string.Join(" | ", problems)),
            (_, > 0) => HealthCheckResult.Degraded($"{Describe()}, {parkedCount} dead letters wait (streamctl dlq list)"),
            _ => HealthCheckResult.Healthy(Describe()),
        });
    }

    private string Describe()
    {
        var partitions = status.Partitions.ToList();
        return $"{partitions.Count(partition => partition.Now.State == PartitionState.Running)} of {partitions.Count} partitions run, "
            + $"{partitions.Sum(partition => partition.Progress.Lag)} offsets to go";
    }
}
