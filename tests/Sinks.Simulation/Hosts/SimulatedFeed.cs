using Confluent.Kafka;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Simulation.Hosts;

/// <summary>What a consumer brings to one host from one partition: as much at a time as the simulation wants.</summary>
internal sealed class SimulatedFeed(World world, SimulatedLog log) : IPartitionFeed
{
    private PartitionQueue? _queue;
    private long _next;
    private bool _isPaused;

    /// <summary>Something can be delivered.</summary>
    public bool HasMore => _queue is not null && !_isPaused && log.Entries.Exists(IsNext);

    /// <summary>Everything that there is was delivered and taken.</summary>
    public bool IsThrough => _queue is { IsEmpty: true } && !log.Entries.Exists(IsNext);

    public Task<PartitionFacts> LookAsync(CancellationToken cancellationToken) => world.Steps.CallAsync(
        Callee.Cluster, "look", _ => new PartitionFacts(log.Source, log.GroupCommitted, LogStart: 0, log.End), cancellationToken);

    public void Start(long offset, PartitionQueue queue) => (_next, _queue, _isPaused) = (offset, queue, false);

    public void Pause() => _isPaused = true;

    public void Resume() => _isPaused = false;

    /// <summary>Only the group's member that has the partition may commit; a zombie learns here that it is one.</summary>
    public Task CommitAsync(long offset) => world.Steps.CallAsync(
        Callee.Cluster, $"commit @{offset}",
        _ => log.Owner == this ? log.GroupCommitted = offset : throw new KafkaException(ErrorCode.IllegalGeneration), CancellationToken.None);

    public void Deliver(int recordsMax)
    {
        foreach (var entry in log.Entries.Where(IsNext).Take(recordsMax).ToList())
        {
            _next = entry.Offset + 1;
            _queue!.Add(entry.ToRecord(SimulatedLog.Topic, log.Source.Partition));
        }
    }

    private bool IsNext(Entry entry) => entry.Offset >= _next && !entry.IsCompacted;
}
