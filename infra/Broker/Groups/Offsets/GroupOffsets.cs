using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Offsets;

/// <summary>The offsets of one group: what is committed, and what waits for its producer's transaction to end.</summary>
/// <remarks>Of two commits of a partition the one later in the journal wins, also when it is overtaken by an earlier one's transaction marker. Not thread-safe.</remarks>
internal sealed class GroupOffsets
{
    private readonly Dictionary<TopicPartition, Entry> _committed = [];
    private readonly Dictionary<long, Dictionary<TopicPartition, Entry>> _pending = [];
    private long _written;

    public IReadOnlyCollection<TopicPartition> Partitions => _committed.Keys;

    /// <summary>Nothing committed and nothing pending.</summary>
    public bool IsEmpty => _committed.Count == 0 && _pending.Count == 0;

    public bool IsPendingFor(long producerId) => _pending.ContainsKey(producerId);

    public CommittedOffset? Find(TopicPartition partition) => _committed.TryGetValue(partition, out var entry) ? entry.Committed : null;

    /// <summary>Whether an open transaction may still change the partition's offset.</summary>
    public bool IsUnstable(TopicPartition partition) => _pending.Values.Any(offsets => offsets.ContainsKey(partition));

    public void Commit(TopicPartition partition, CommittedOffset offset) => _committed[partition] = new Entry(offset, ++_written);

    public void CommitPending(long producerId, TopicPartition partition, CommittedOffset offset)
    {
        if (!_pending.TryGetValue(producerId, out var offsets))
            _pending.Add(producerId, offsets = []);
        offsets[partition] = new Entry(offset, ++_written);
    }

    /// <summary>The producer's transaction ended: its offsets become the group's, or are forgotten.</summary>
    public void EndTransaction(long producerId, bool isCommitted)
    {
        if (!_pending.Remove(producerId, out var offsets) || !isCommitted)
            return;
        foreach (var (partition, entry) in offsets)
        {
            if (!_committed.TryGetValue(partition, out var present) || present.Written < entry.Written)
                _committed[partition] = entry;
        }
    }

    /// <summary>Forgets the partition's offset, the pending ones included.</summary>
    public void Delete(TopicPartition partition)
    {
        _committed.Remove(partition);
        foreach (var (producerId, offsets) in _pending.ToList())
        {
            if (offsets.Remove(partition) && offsets.Count == 0)
                _pending.Remove(producerId);
        }
    }

    /// <summary>Every partition of which anything is known, pending ones included.</summary>
    public IReadOnlyList<TopicPartition> AllPartitions() => [.. _committed.Keys.Union(_pending.Values.SelectMany(offsets => offsets.Keys))];

    private sealed record Entry(CommittedOffset Committed, long Written);
}
