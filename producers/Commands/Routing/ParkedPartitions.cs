using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Streaming.Commands.Routing;

/// <summary>Partitions that rest before a record which could not be understood. Nothing is skipped: they are tried again after a while.</summary>
/// <remarks>The router's thread writes, health checks read.</remarks>
internal sealed class ParkedPartitions(TimeProvider time)
{
    private readonly ConcurrentDictionary<TopicPartition, Parked> _parked = new();

    /// <summary>Why nothing goes on; null when all is well.</summary>
    public string? Trouble => _parked.IsEmpty ? null : string.Join("; ", _parked.Values.Select(parked => parked.Why));

    public void Park(TopicPartition partition, string why, TimeSpan rest) => _parked[partition] = new(why, time.GetUtcNow() + rest, IsResting: true);

    /// <summary>Those whose rest is over; each is named once per rest, and troubled until <see cref="Recover"/>.</summary>
    public List<TopicPartition> Rested()
    {
        if (_parked.IsEmpty)
            return [];
        var rested = _parked.Where(parked => parked.Value.IsResting && parked.Value.Until <= time.GetUtcNow()).ToList();
        foreach (var (partition, parked) in rested)
            _parked[partition] = parked with { IsResting = false };
        return [.. rested.Select(parked => parked.Key)];
    }

    /// <summary>A record of the partition was understood, or the partition is somebody else's.</summary>
    public void Recover(TopicPartition partition)
    {
        if (!_parked.IsEmpty)
            _parked.TryRemove(partition, out _);
    }

    private sealed record Parked(string Why, DateTimeOffset Until, bool IsResting);
}
