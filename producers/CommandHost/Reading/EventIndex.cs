using Streaming.Contracts.Envelope;

namespace Streaming.CommandHost.Reading;

/// <summary>Where the events of each aggregate of a context are. Written by one thread, asked by many.</summary>
internal sealed class EventIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, EventOffsets> _aggregates = [];
    private readonly HashSet<string> _erased = [];
    private readonly Dictionary<string, List<Awaited>> _awaited = [];

    /// <summary>Events that are in here.</summary>
    public long EventCount { get; private set; }

    public int AggregateCount
    {
        get
        {
            lock (_gate)
                return _aggregates.Count;
        }
    }

    /// <summary>Sequence of the aggregate's newest event; 0 when it has none.</summary>
    public long VersionOf(string aggregateId)
    {
        lock (_gate)
            return _aggregates.TryGetValue(aggregateId, out var offsets) ? offsets.Version : 0;
    }

    /// <summary>Its events were purged on purpose.</summary>
    public bool IsErased(string aggregateId)
    {
        lock (_gate)
            return _erased.Contains(aggregateId);
    }

    /// <summary>Offsets of the events from a sequence on, at most <paramref name="countMax"/>.</summary>
    public long[] Offsets(string aggregateId, long sequence, long countMax)
    {
        lock (_gate)
            return _aggregates.TryGetValue(aggregateId, out var offsets) ? offsets.From(sequence, countMax) : [];
    }

    /// <summary>An event was read.</summary>
    /// <returns>False when it does not follow what is known of its aggregate, which the log never does by itself.</returns>
    public bool Add(EventKey key, long offset)
    {
        List<Awaited>? reached = null;
        lock (_gate)
        {
            if (_erased.Contains(key.AggregateId))
                return true;    // What compaction has not taken yet; the id is never used again.
            if (!_aggregates.TryGetValue(key.AggregateId, out var offsets))
            {
                if (key.Sequence != 1)
                    return false;
                _aggregates[key.AggregateId] = new(offset);
            }
            else if (key.Sequence == offsets.Version + 1)
            {
                offsets.Add(offset);
            }
            else
            {
                return key.Sequence <= offsets.Version;     // The same event once more changes nothing.
            }

            EventCount++;
            reached = TakeReached(key.AggregateId, key.Sequence);
        }

        reached?.ForEach(awaited => awaited.Reached.TrySetResult());
        return true;
    }

    /// <summary>All events of the aggregate are gone.</summary>
    public void Erase(string aggregateId)
    {
        List<Awaited>? gone;
        lock (_gate)
        {
            if (_aggregates.Remove(aggregateId, out var offsets))
                EventCount -= offsets.Version;
            _erased.Add(aggregateId);
            _awaited.Remove(aggregateId, out gone);
        }

        gone?.ForEach(awaited => awaited.Reached.TrySetResult());
    }

    /// <summary>Waits until the aggregate has a version, or is erased, or the time is over.</summary>
    public async Task AwaitAsync(string aggregateId, long version, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        var awaited = new Awaited(version);
        lock (_gate)
        {
            if ((_aggregates.TryGetValue(aggregateId, out var offsets) && offsets.Version >= version) || _erased.Contains(aggregateId))
                return;
            if (!_awaited.TryGetValue(aggregateId, out var others))
                _awaited[aggregateId] = others = [];
            others.Add(awaited);
        }

        try
        {
            await awaited.Reached.Task.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Leave(aggregateId, awaited);
        }
        catch (OperationCanceledException)
        {
            Leave(aggregateId, awaited);
            throw;
        }
    }

    private List<Awaited>? TakeReached(string aggregateId, long version)
    {
        if (_awaited.Count == 0 || !_awaited.TryGetValue(aggregateId, out var all))
            return null;
        var reached = all.FindAll(awaited => awaited.Version <= version);
        all.RemoveAll(awaited => awaited.Version <= version);
        if (all.Count == 0)
            _awaited.Remove(aggregateId);
        return reached;
    }

    private void Leave(string aggregateId, Awaited awaited)
    {
        lock (_gate)
        {
            if (_awaited.TryGetValue(aggregateId, out var all) && all.Remove(awaited) && all.Count == 0)
                _awaited.Remove(aggregateId);
        }
    }

    private sealed record Awaited(long Version)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
