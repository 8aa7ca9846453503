using Streaming.Broker.Wire;

namespace Streaming.Broker.Fetching;

/// <summary>The partitions that one client reads again and again, kept so that it need not name all of them each time, and is told only of those that changed.</summary>
/// <remarks>Each fetch names the epoch after the one before; one that comes twice or out of order is refused, and the client begins anew. Partitions that had
/// records go to the end, so that none waits for ever behind one that is always full.</remarks>
internal sealed class FetchSession
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FetchKey, Followed> _partitions = [];
    private readonly bool _usesTopicIds;
    private List<Followed> _order = [];
    private int _epoch = 1;
    private long _usedAt;

    /// <param name="whole">The fetch that began the session, in its order.</param>
    public FetchSession(int id, bool usesTopicIds, IReadOnlyList<FetchPartition> whole, long usedAt)
    {
        (Id, _usesTopicIds, _usedAt) = (id, usesTopicIds, usedAt);
        foreach (var partition in whole)
            Follow(partition);
    }

    public int Id { get; }

    /// <summary>When the client fetched for the last time, in timestamps of the clock.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>How many partitions it follows.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _partitions.Count;
        }
    }

    /// <summary>Takes the client's changes: partitions added, moved to another offset, or forgotten.</summary>
    /// <returns>All that is to be read now.</returns>
    public (ErrorCode Error, IReadOnlyList<FetchPartition> Partitions) Continue(
        SessionStep step, IReadOnlyList<FetchPartition> changed, IReadOnlyList<FetchKey> forgotten, long usedAt)
    {
        lock (_gate)
        {
            if (step.Epoch != _epoch)
                return (ErrorCode.InvalidFetchSessionEpoch, []);
            if (step.UsesTopicIds != _usesTopicIds)
                return (ErrorCode.FetchSessionTopicIdError, []);
            _epoch = SessionStep.After(_epoch);
            Volatile.Write(ref _usedAt, usedAt);
            foreach (var partition in changed)
                Follow(partition);
            if (forgotten.Count > 0)
                Forget(forgotten);
            return (ErrorCode.None, _order.ConvertAll(followed => followed.Wanted));
        }
    }

    /// <summary>Which of the partitions read the client is told of: those with records, with an error, or whose ends have moved since it was told.</summary>
    /// <param name="epoch">Of the fetch that read them.</param>
    public (ErrorCode Error, IReadOnlyList<FetchedPartition> Changed) Tell(IReadOnlyList<FetchedPartition> read, int epoch)
    {
        lock (_gate)
        {
            if (SessionStep.After(epoch) != _epoch)
                return (ErrorCode.InvalidFetchSessionEpoch, []);
            var changed = new List<FetchedPartition>();
            foreach (var partition in read)
            {
                if (_partitions[partition.Key].Tell(partition.Read))
                    changed.Add(partition);
            }

            Rotate(read);
            return (ErrorCode.None, changed);
        }
    }

    /// <summary>Notes that the fetch which began the session was answered with every partition.</summary>
    public void TellAll(IReadOnlyList<FetchedPartition> read)
    {
        lock (_gate)
        {
            foreach (var partition in read)
                _partitions[partition.Key].Tell(partition.Read);
            Rotate(read);
        }
    }

    private void Follow(FetchPartition wanted)
    {
        if (_partitions.TryGetValue(wanted.Key, out var known))
        {
            known.Wanted = wanted;
            return;
        }

        var followed = new Followed(wanted);
        _partitions.Add(wanted.Key, followed);
        _order.Add(followed);
    }

    private void Forget(IReadOnlyList<FetchKey> forgotten)
    {
        foreach (var key in forgotten)
            _partitions.Remove(key);
        _order.RemoveAll(followed => !_partitions.ContainsKey(followed.Wanted.Key));
    }

    private void Rotate(IReadOnlyList<FetchedPartition> read)
    {
        var served = read.Where(partition => partition.Read.Records.SizeBytes > 0).Select(partition => _partitions[partition.Key]).ToHashSet();
        if (served.Count > 0)
            _order = [.. _order.Where(followed => !served.Contains(followed)), .. _order.Where(served.Contains)];
    }
}
