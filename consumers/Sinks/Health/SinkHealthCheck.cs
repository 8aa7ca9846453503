using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Streaming.Sinks.Health;

/// <summary>Unhealthy when the sink, or any partition that this host has, makes no progress; names each with its reason.</summary>
/// <remarks>A generation that is being built beside the one that readers see is mentioned, and takes no host out of service.</remarks>
internal sealed class SinkHealthCheck(SinkRuns runs, IOptions<SinkOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if ((runs.Problem, runs.Leading) is not (null, { } leading))
            return Task.FromResult(HealthCheckResult.Unhealthy(runs.Problem ?? "no generation runs here (streamctl sinks generations)"));
        var problems = Problems(leading);
        var parkedCount = leading.Partitions.Sum(partition => partition.ParkedCount);
        var beside = string.Concat(runs.Numbers.Where(number => runs.Find(number) is { } other && other != leading).Select(Beside));
        return Task.FromResult((problems.Count, parkedCount) switch
        {
            ( > 0, _) => HealthCheckResult.Unhealthy(string.Join(" | ", problems)),
            (_, > 0) => HealthCheckResult.Degraded($"{Describe(leading)}, {parkedCount} dead letters wait (streamctl dlq list){beside}"),
            _ => HealthCheckResult.Healthy(Describe(leading) + beside),
        });
    }

    private List<string> Problems(SinkStatus status)
    {
        var stallAfter = TimeSpan.FromMilliseconds(options.Value.StallAfterMs);
        return [.. status.Partitions.Select(partition => partition.Problem(stallAfter)).Prepend(status.Problem).OfType<string>()];
    }

    private string Beside(int number) => runs.Find(number) is { } status
        ? $"; generation {number} beside it: {(Problems(status) is [var first, ..] ? first : Describe(status))}"
        : "";

    private static string Describe(SinkStatus status)
    {
        var partitions = status.Partitions.ToList();
        return $"{partitions.Count(partition => partition.Now.State == PartitionState.Running)} of {partitions.Count} partitions run, "
            + $"{partitions.Sum(partition => partition.Progress.Lag)} offsets to go";
    }
}
