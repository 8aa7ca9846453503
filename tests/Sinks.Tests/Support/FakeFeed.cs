using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Support;

/// <summary>A partition in memory: its records, and the group's offset, which a commit moves.</summary>
internal sealed class FakeFeed(params LogRecord[] records) : IPartitionFeed
{
    private PartitionQueue? _queue;

    public long? GroupCommitted { get; set; }
    public bool IsPaused { get; private set; }
    public int PauseCount { get; private set; }
    public bool FailsToCommit { get; set; }

    /// <summary>What the group says to a commit that fails.</summary>
    public ErrorCode CommitFailure { get; set; } = ErrorCode.RebalanceInProgress;

    public int CommitCount { get; private set; }
    public List<long> Starts { get; } = [];
    public Exception? FailsToLook { get; set; }

    public Task<PartitionFacts> LookAsync(CancellationToken cancellationToken)
    {
        if (FailsToLook is { } failure)
        {
            FailsToLook = null;
            throw failure;
        }

        return Task.FromResult(new PartitionFacts(
            new SourcePartition("cluster-1", SomeRecords.Topic, "topic-1", SomeRecords.Partition), GroupCommitted, LogStart: 0, LogEnd: records.Length));
    }

    public void Start(long offset, PartitionQueue queue)
    {
        Starts.Add(offset);
        _queue = queue;
        IsPaused = false;
        foreach (var record in records.Where(record => record.Offset >= offset))
            queue.Add(record);
    }

    /// <summary>One more record, as it is appended to the log.</summary>
    public void Deliver(LogRecord record) => _queue!.Add(record);

    public void Pause()
    {
        IsPaused = true;
        PauseCount++;
    }

    public void Resume() => IsPaused = false;

    public Task CommitAsync(long offset)
    {
        CommitCount++;
        if (FailsToCommit)
            throw new KafkaException(CommitFailure);
        GroupCommitted = offset;
        return Task.CompletedTask;
    }
}
