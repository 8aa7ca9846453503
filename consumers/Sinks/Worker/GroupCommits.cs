using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Sinks.Health;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Worker;

/// <summary>Moves the group's offset behind the checkpoint: seldom, and never to what the destination has not recorded.</summary>
internal sealed class GroupCommits(ISink sink, IPartitionFeed feed, PartitionStatus status, SinkOptions options, TimeProvider time, ILogger logger)
{
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(options.GroupCommitIntervalMs);
    private long _triedAt = time.GetTimestamp();

    /// <summary>How long until the group should be moved, or the destination be told that it was; infinite when there is nothing to do.</summary>
    public TimeSpan DueIn(GroupPosition group)
    {
        if (group.Due is null && group.Unrecorded is null)
            return Timeout.InfiniteTimeSpan;
        var left = _interval - time.GetElapsedTime(_triedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Commits what is due. A failure is logged and tried again at the next occasion.</summary>
    public async Task CommitAsync(GroupPosition group)
    {
        if (group.Due is not { } offset)
            return;
        _triedAt = time.GetTimestamp();
        group.Attempting();
        try
        {
            await feed.CommitAsync(offset);
        }
        catch (KafkaException cause)
        {
            logger.GroupCommitFailed(cause, sink.Name, status.Topic, status.Partition, offset);
            return;
        }

        group.Committed(offset);
    }

    /// <summary>Brings the group to the checkpoint and tells the destination, so that a later reset even to an offset that we committed is seen.</summary>
    public async Task SettleAsync(OpenedPartition opened, CancellationToken cancellationToken)
    {
        await CommitAsync(opened.Group);
        while (opened.Group.Unrecorded is { } offsets)
        {
            await sink.RecordGroupAsync(opened.Source, opened.Checkpoint.Fence, offsets, cancellationToken);
            opened.Group.Recorded(offsets);
            await CommitAsync(opened.Group);
        }
    }
}
