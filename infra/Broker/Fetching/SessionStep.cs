namespace Streaming.Broker.Fetching;

/// <summary>Where a fetch stands in its session (KIP-227): an id, and how many fetches the client made in it.</summary>
/// <param name="Id">0: in none yet.</param>
/// <param name="Epoch">0: begin a session with the partitions that are named. -1: end it, and read these once. Else only what changed is named.</param>
/// <param name="UsesTopicIds">Whether topics are named by id. A session keeps to one of both.</param>
internal readonly record struct SessionStep(int Id, int Epoch, bool UsesTopicIds)
{
    private const int First = 0;
    private const int Last = -1;

    /// <summary>What a fetch is that knows nothing of sessions.</summary>
    public static SessionStep None => new(Id: FetchSessions.NoId, Last, UsesTopicIds: false);

    /// <summary>Every partition is named, and every one is answered.</summary>
    public bool IsWhole => Epoch is First or Last;

    public bool WantsSession => Epoch == First;

    /// <summary>The epoch after one: it begins anew at 1, since 0 means something else.</summary>
    public static int After(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;
}
