using Microsoft.Extensions.Options;
using Streaming.Lake.Delta;
using Streaming.LakeSink.Generations;

namespace Streaming.LakeSink.Maintenance;

/// <summary>Merges small files and removes old ones, beside the writing. Where two hosts do it at the same time, one has worked for nothing, and nothing else happens.</summary>
internal sealed class LakeMaintenance(DeltaSink sink, LakeGenerations generations, IOptions<LakeOptions> options, TimeProvider time, ILogger<LakeMaintenance> logger) : BackgroundService
{
    // Every file of a table is listed for it.
    private static readonly TimeSpan _vacuumEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<string, long> _vacuumedAt = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.MaintenanceIntervalMs == 0)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.MaintenanceIntervalMs), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await MaintainAsync(stoppingToken);
    }

    /// <summary>All tables of this host once, and what there is of dropped generations.</summary>
    internal async Task MaintainAsync(CancellationToken cancellationToken)
    {
        if (await SweepAsync(cancellationToken) is not { } dropped)
            return;
        var filled = generations.Opened.Prepend(sink).Where(one => !dropped.Contains(one.Generation));
        foreach (var (name, table) in filled.SelectMany(one => one.Maintained))
            await MaintainAsync(name, table, cancellationToken);
    }

    internal async Task MaintainAsync(string name, DeltaTable table, CancellationToken cancellationToken)
    {
        try
        {
            var limits = new Compaction.Limits(options.Value.SmallFileBytes, options.Value.SmallFilesMin, options.Value.MergedFileBytes);
            var merged = await Compaction.RunAsync(table, limits, cancellationToken);
            var removed = IsVacuumDue(table.Root)
                ? await Vacuum.RunAsync(table, TimeSpan.FromHours(options.Value.RemovedFilesKeptHours), TimeSpan.FromDays(options.Value.LogKeptDays), cancellationToken)
                : 0;
            if (merged + removed > 0)
                logger.Maintained(name, merged, removed);
            if (table.CheckpointFailure is { } failure)
                logger.NotCheckpointed(failure, name, failure.Message);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            logger.NotMaintained(cause, name, cause.Message);     // The tables are right as they are, only slower to read.
        }
    }

    /// <summary>The numbers of dropped generations; null where they cannot be known now.</summary>
    private async Task<IReadOnlyList<int>?> SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await generations.SweepAsync(cancellationToken);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            logger.NotSwept(cause, cause.Message);
            return null;
        }
    }

    private bool IsVacuumDue(string table)
    {
        if (_vacuumedAt.TryGetValue(table, out var at) && time.GetElapsedTime(at) < _vacuumEvery)
            return false;
        _vacuumedAt[table] = time.GetTimestamp();
        return true;
    }
}
