using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Log.Compaction;

/// <summary>Compacts the logs of a broker that are dirty enough, the dirtiest first, one at a time.</summary>
internal sealed class Compactor(TopicTable topics, CompactionOptions options, TimeProvider time, ILogger logger)
{
    /// <exception cref="IOException">The disk, or the system, refused something for one log; the others were compacted.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new List<IOException>();
        foreach (var log in Due(failures))
        {
            try
            {
                await new LogCompaction(log, options, time, logger).RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Its topic was deleted meanwhile; the others go on.
            }
            catch (IOException cause)
            {
                failures.Add(cause);
            }
        }

        if (failures.Count > 0)
            ExceptionDispatchInfo.Throw(failures[0]);
    }

    private List<PartitionLog> Due(List<IOException> failures)
    {
        var dirty = new List<(PartitionLog Log, double Ratio)>();
        foreach (var log in topics.All.SelectMany(topic => topic.Partitions).Where(log => log.Settings.IsCompacted))
        {
            try
            {
                log.RollForCompaction();
            }
            catch (IOException cause)
            {
                failures.Add(cause);
            }

            var part = log.CleanablePart();
            if (part.IsDue(log.Settings))
                dirty.Add((log, part.DirtyRatio));
        }

        return [.. dirty.OrderByDescending(candidate => candidate.Ratio).Select(candidate => candidate.Log)];
    }
}
