using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Tests.Positions;

public sealed class ResumptionTests
{
    private static readonly SourcePartition _source = new("cluster-1", "inventory.events", "topic-1", 3);

    // The checkpoint is 100, the group was confirmed at 80 and is to move to 100; the log runs from 10 to 500.
    [Theory]
    [InlineData(null, "resume 100")]   // The group is new, or has expired.
    [InlineData(80, "resume 100")]     // Its last commit got lost.
    [InlineData(100, "resume 100")]    // It was made.
    [InlineData(10, "replay 10")]      // kafka-consumer-groups --to-earliest
    [InlineData(81, "replay 81")]
    [InlineData(99, "replay 99")]
    [InlineData(3, "replay 10")]       // What lies before the log's start is not there to replay.
    [InlineData(101, "await 101")]
    [InlineData(500, "await 500")]     // kafka-consumer-groups --to-latest
    public void The_group_s_offset_tells_whether_somebody_moved_it(int? committed, string expected) =>
        Describe(Decide(new GroupOffsets(80, 100), committed)).ShouldBe(expected);

    [Theory]
    [InlineData(null, null, null, "resume 100")]
    [InlineData(null, 100, 100, "resume 100")]
    [InlineData(null, null, 100, "resume 100")]   // At the checkpoint, whoever moved it there.
    [InlineData(null, null, 0, "replay 10")]
    [InlineData(60, 60, 80, "replay 80")]
    [InlineData(100, 100, 99, "replay 99")]
    public void Before_the_first_commit_any_offset_is_somebody_else_s(int? confirmed, int? intended, int? committed, string expected) =>
        Describe(Decide(new GroupOffsets(confirmed, intended), committed)).ShouldBe(expected);

    [Fact]
    public void Another_cluster_stops_the_partition_with_both_names() =>
        Decide(new GroupOffsets(80, 100), 10, clusterId: "cluster-2").ShouldBeOfType<Resumption.Stop>().Reason
            .ShouldStartWith("the checkpoint of sql-sink for inventory.events-3 belongs to cluster cluster-2, this is cluster cluster-1");

    [Fact]
    public void A_topic_that_was_created_again_stops_the_partition() =>
        Decide(new GroupOffsets(80, 100), null, topicId: "topic-0").ShouldBeOfType<Resumption.Stop>().Reason
            .ShouldContain("was deleted and created again");

    [Theory]
    [InlineData(10, 99, "the log ends at 99")]
    [InlineData(101, 500, "the log starts at 101")]
    public void A_log_that_lost_the_checkpoint_s_offset_stops_the_partition(int logStart, int logEnd, string reason) =>
        Decide(new GroupOffsets(80, 100), 100, logStart: logStart, logEnd: logEnd).ShouldBeOfType<Resumption.Stop>().Reason.ShouldContain(reason);

    [Fact]
    public void A_checkpoint_at_the_end_of_the_log_resumes() =>
        Describe(Decide(new GroupOffsets(80, 100), 100, logEnd: 100)).ShouldBe("resume 100");

    private static Resumption Decide(
        GroupOffsets group, long? committed, string clusterId = "cluster-1", string topicId = "topic-1", long logStart = 10, long logEnd = 500) =>
        Resumption.Decide("sql-sink", _source, new Checkpoint(clusterId, topicId, 100, Epoch: 1, Fence: 7, group), committed, logStart, logEnd);

    private static string Describe(Resumption decided) => decided switch
    {
        Resumption.Resume resume => $"resume {resume.NextOffset}",
        Resumption.Replay replay => $"replay {replay.FromOffset}",
        Resumption.AwaitAnswer skip => $"await {skip.ToOffset}",
        Resumption.Stop stop => $"stop: {stop.Reason}",
        _ => decided.ToString(),
    };
}
