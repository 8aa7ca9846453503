using System.Security.Cryptography;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Fetching;

/// <summary>All fetch sessions, up to a number: when there is no room, one that nobody has used for a while gives way, or the client goes on without.</summary>
/// <remarks>In memory only, and not bound to a connection: after a restart a client is told that its session is not there, and begins another. Source: KIP-227.</remarks>
internal sealed class FetchSessions(BrokerOptions options, TimeProvider time)
{
    /// <summary>Tells a client that it has no session.</summary>
    public const int NoId = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];

    /// <summary>What a fetch reads: the partitions that it names, or those of its session with the changes that it names.</summary>
    public (ErrorCode Error, FetchScope Scope) Enter(SessionStep step, IReadOnlyList<FetchPartition> named, IReadOnlyList<FetchKey> forgotten)
    {
        if (step.IsWhole)
        {
            Remove(step.Id);
            return (ErrorCode.None, new FetchScope(this, step, session: null, named));
        }

        if (Find(step.Id) is not { } session)
            return (ErrorCode.FetchSessionIdNotFound, FetchScope.Nothing(this, step));
        var followed = session.Count;
        var (error, partitions) = session.Continue(step, named, forgotten, time.GetTimestamp());
        if (error != ErrorCode.None)
            return (error, FetchScope.Nothing(this, step));
        if (partitions.Count > followed && !IsWithinBounds(session))
            return (ErrorCode.FetchSessionIdNotFound, FetchScope.Nothing(this, step));
        if (partitions.Count > 0)
            return (ErrorCode.None, new FetchScope(this, step, session, partitions));
        Remove(step.Id);
        return (ErrorCode.None, FetchScope.Nothing(this, step));
    }

    /// <summary>Begins a session. Null: there is no room.</summary>
    public FetchSession? TryOpen(bool usesTopicIds, IReadOnlyList<FetchPartition> whole)
    {
        lock (_gate)
        {
            if (!HasRoom(whole.Count))
                return null;
            var session = new FetchSession(FreeId(), usesTopicIds, whole, time.GetTimestamp());
            _sessions.Add(session.Id, session);
            return session;
        }
    }

    private FetchSession? Find(int id)
    {
        lock (_gate)
            return _sessions.GetValueOrDefault(id);
    }

    private void Remove(int id)
    {
        lock (_gate)
            _sessions.Remove(id);
    }

    // A session that grew beyond what all may follow together ends; its client begins anew, and then has none.
    private bool IsWithinBounds(FetchSession grown)
    {
        lock (_gate)
            return FollowedPartitions() <= options.FetchSessionPartitionsMax || !_sessions.Remove(grown.Id);
    }

    private long FollowedPartitions() => _sessions.Values.Sum(session => (long)session.Count);

    private bool HasRoom(int partitions)
    {
        if (FollowedPartitions() + partitions > options.FetchSessionPartitionsMax)
            return false;
        if (_sessions.Count < options.FetchSessionsMax)
            return true;
        if (_sessions.Count == 0)
            return false;
        var idlest = _sessions.Values.MinBy(session => session.UsedAt)!;
        return time.GetElapsedTime(idlest.UsedAt).TotalMilliseconds > options.FetchSessionIdleMs && _sessions.Remove(idlest.Id);
    }

    // Not guessed by others, nor the number of a session that was there before a restart.
    private int FreeId()
    {
        while (true)
        {
            var id = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            if (!_sessions.ContainsKey(id))
                return id;
        }
    }
}
