using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Streaming.Commands.Processing;

namespace Streaming.Commands.Health;

/// <summary>Ready once every owned partition is restored; unhealthy when one has commands waiting and decides none.</summary>
internal sealed class ProcessorHealth(IEnumerable<IProcessorStatus> processors, IOptions<CommandProcessorOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var trouble = processors.Select(Trouble).FirstOrDefault(found => found is not null);
        return Task.FromResult(trouble is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(trouble));
    }

    private string? Trouble(IProcessorStatus processor)
    {
        if (!processor.HasJoined)
            return $"{processor.Context}: not yet a member of its consumer group";
        foreach (var (partition, status, queued) in processor.Partitions)
        {
            if (status.Trouble is { } trouble)
                return $"{processor.Context}-{partition}: {trouble}";
            if (!status.IsDeciding)
                return $"{processor.Context}-{partition}: restoring";
            if (queued > 0 && status.SinceProgress > options.Value.StallAfter)
                return $"{processor.Context}-{partition}: {queued} commands wait, none decided for {status.SinceProgress.TotalSeconds:0} s";
        }

        return null;
    }
}
