using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Compacts the logs of a broker that are dirty enough, the dirtiest first, one at a time.</summary>
internal sealed class Compactor(TopicTable topics, CompactionOptions options, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var log in Due())
        {
            try
            {
                await new LogCompaction(log, options, time, logger).RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Its topic was deleted meanwhile; the others go on.
            }
        }
    }

    private List<PartitionLog> Due()
    {
        var dirty = new List<(PartitionLog Log, double Ratio)>();
        foreach (var log in topics.All.SelectMany(topic => topic.Partitions).Where(log => log.Settings.IsCompacted))
        {
            log.RollForCompaction();
            var part = log.CleanablePart();
            if (part.IsDue(log.Settings))
                dirty.Add((log, part.DirtyRatio));
        }

        return [.. dirty.OrderByDescending(candidate => candidate.Ratio).Select(candidate => candidate.Log)];
    }
}
