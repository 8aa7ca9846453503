using Confluent.Kafka;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>Which records are still being worked on, and so up to where each partition's position may be committed.</summary>
/// <remarks>Records are seen by one thread and done by many.</remarks>
internal sealed class PendingOffsets
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, Part> _parts = [];

    /// <summary>Records in work, all partitions together.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _parts.Values.Sum(part => part.Pending.Count);
        }
    }

    /// <summary>A record was read; with <paramref name="isPending"/> it holds the position back until <see cref="Done"/>.</summary>
    public void See(TopicPartitionOffset record, bool isPending)
    {
        lock (_gate)
        {
            if (!_parts.TryGetValue(record.TopicPartition, out var part))
                _parts[record.TopicPartition] = part = new Part();
            part.Next = record.Offset.Value + 1;
            if (isPending)
                part.Pending.Add(record.Offset.Value);
        }
    }

    public void Done(TopicPartitionOffset record)
    {
        lock (_gate)
        {
            if (_parts.TryGetValue(record.TopicPartition, out var part))
                part.Pending.Remove(record.Offset.Value);
        }
    }

    /// <summary>The partition is somebody else's; what is still in work there will be done a second time.</summary>
    public void Forget(TopicPartition partition)
    {
        lock (_gate)
            _parts.Remove(partition);
    }

    /// <summary>The positions that have moved since the last call: the oldest record in work, or behind the last one read.</summary>
    public List<TopicPartitionOffset> Moved()
    {
        var moved = new List<TopicPartitionOffset>();
        lock (_gate)
        {
            foreach (var (partition, part) in _parts)
            {
                var position = part.Pending.Count > 0 ? part.Pending.Min : part.Next;
                if (position == part.Taken)
                    continue;
                part.Taken = position;
                moved.Add(new(partition, position));
            }
        }

        return moved;
    }

    private sealed class Part
    {
        public SortedSet<long> Pending { get; } = [];
        public long Next { get; set; }
        public long Taken { get; set; } = -1;
    }
}
