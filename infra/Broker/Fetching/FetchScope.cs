using Streaming.Broker.Wire;

namespace Streaming.Broker.Fetching;

/// <summary>What one fetch reads, and how much of that it is told.</summary>
/// <param name="session">Null outside of a session, and for the fetch that begins one.</param>
internal sealed class FetchScope(FetchSessions sessions, SessionStep step, FetchSession? session, IReadOnlyList<FetchPartition> partitions)
{
    public IReadOnlyList<FetchPartition> Partitions => partitions;

    public static FetchScope Nothing(FetchSessions sessions, SessionStep step) => new(sessions, step, session: null, []);

    /// <summary>The answer: of a session only what is new to the client, else everything. Its records are those that were read.</summary>
    public (ErrorCode Error, int SessionId, IReadOnlyList<FetchedPartition> Told) Answer(IReadOnlyList<FetchedPartition> read)
    {
        if (session is not null)
        {
            var (error, changed) = session.Tell(read, step.Epoch);
            return (error, session.Id, changed);
        }

        if (!step.WantsSession || read.Count == 0 || sessions.TryOpen(step.UsesTopicIds, partitions) is not { } opened)
            return (ErrorCode.None, FetchSessions.NoId, read);
        opened.TellAll(read);
        return (ErrorCode.None, opened.Id, read);
    }
}
