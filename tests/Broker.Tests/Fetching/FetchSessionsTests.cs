using Streaming.Broker.Fetching;
using Streaming.Broker.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Fetching;

/// <summary>How many sessions there may be, and which of them gives way.</summary>
public sealed class FetchSessionsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_client_goes_on_without_a_session_when_there_is_no_room()
    {
        var sessions = Sessions(sessionsMax: 2);
        Begin(sessions).ShouldNotBe(FetchSessions.NoId);
        Begin(sessions).ShouldNotBe(FetchSessions.NoId);
        Begin(sessions).ShouldBe(FetchSessions.NoId);
        Begin(Sessions(sessionsMax: 0)).ShouldBe(FetchSessions.NoId);
    }

    [Fact]
    public void The_session_that_was_idle_longest_gives_way()
    {
        var sessions = Sessions(sessionsMax: 2);
        var idle = Begin(sessions);
        var used = Begin(sessions);
        _time.Advance(TimeSpan.FromMinutes(2));
        Continue(sessions, used, epoch: 1).ShouldBe(ErrorCode.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        Begin(sessions).ShouldNotBe(FetchSessions.NoId);
        Continue(sessions, idle, epoch: 1).ShouldBe(ErrorCode.FetchSessionIdNotFound);
        Continue(sessions, used, epoch: 2).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Sessions_follow_so_many_partitions_together_and_no_more()
    {
        var sessions = Sessions(partitionsMax: 5);
        var first = Begin(sessions, partitions: 3);
        Begin(sessions, partitions: 3).ShouldBe(FetchSessions.NoId);
        Begin(sessions, partitions: 2).ShouldNotBe(FetchSessions.NoId);
        // One that grows beyond it ends, and leaves room.
        Continue(sessions, first, epoch: 1, partitions: 4).ShouldBe(ErrorCode.FetchSessionIdNotFound);
        Begin(sessions, partitions: 3).ShouldNotBe(FetchSessions.NoId);
    }

    private FetchSessions Sessions(int sessionsMax = 10, int partitionsMax = 1_000) =>
        new(new BrokerOptions { FetchSessionsMax = sessionsMax, FetchSessionPartitionsMax = partitionsMax, FetchSessionIdleMs = 120_000 }, _time);

    private static int Begin(FetchSessions sessions, int partitions = 1)
    {
        var (error, scope) = sessions.Enter(new SessionStep(FetchSessions.NoId, Epoch: 0, UsesTopicIds: false), Named(partitions), []);
        error.ShouldBe(ErrorCode.None);
        return scope.Answer([.. scope.Partitions.Select(Nothing)]).SessionId;
    }

    private static ErrorCode Continue(FetchSessions sessions, int id, int epoch, int partitions = 0) =>
        sessions.Enter(new SessionStep(id, epoch, UsesTopicIds: false), Named(partitions), []).Error;

    private static List<FetchPartition> Named(int partitions) =>
        [.. Enumerable.Range(0, partitions).Select(partition => new FetchPartition(new FetchKey("t", Guid.Empty, partition), -1, 0, 1_000))];

    private static FetchedPartition Nothing(FetchPartition partition) => new(partition.Key, new LogRead(ErrorCode.None, RecordSlice.Empty, 0, 0, 0, null));
}
