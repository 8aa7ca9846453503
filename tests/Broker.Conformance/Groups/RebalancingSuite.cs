using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>How members come, go and share partitions, by either protocol.</summary>
public abstract class RebalancingSuite(KafkaFixture kafka, GroupProtocol protocol)
{
    [ConformanceFact]
    public async Task Two_members_share_the_partitions_and_one_alone_has_all()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var first = scene.Join();
        await HasAsync(first, 0, 1, 2, 3);

        var second = scene.Join();
        await Eventually.Async(() => first.Partitions.Count == 2 && second.Partitions.Count == 2, GroupScene.Patience, "two partitions each");
        first.Partitions.Concat(second.Partitions).Order().ShouldBe([0, 1, 2, 3]);

        second.Close();
        await HasAsync(first, 0, 1, 2, 3);
    }

    [ConformanceFact]
    public async Task Members_that_rebalance_incrementally_keep_what_they_keep()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var first = scene.Join(PartitionAssignmentStrategy.CooperativeSticky);
        await HasAsync(first, 0, 1, 2, 3);

        var second = scene.Join(PartitionAssignmentStrategy.CooperativeSticky);
        await Eventually.Async(() => first.Partitions.Count == 2 && second.Partitions.Count == 2, GroupScene.Patience, "two partitions each");
        var moved = string.Join(',', second.Partitions);
        second.Close();
        await HasAsync(first, 0, 1, 2, 3);

        // Empty callbacks may come between; what was never moved was never touched.
        first.Events.Where(e => !e.EndsWith(' ')).ShouldBe(["assigned 0,1,2,3", $"revoked {moved}", $"assigned {moved}"]);
    }

    [ConformanceFact]
    public async Task Partitions_of_a_killed_member_move_when_its_session_is_over()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var first = scene.Join();
        await HasAsync(first, 0, 1, 2, 3);
        var second = scene.Join();
        await Eventually.Async(() => first.Partitions.Count == 2 && second.Partitions.Count == 2, GroupScene.Patience, "two partitions each");

        second.Kill();

        await HasAsync(first, 0, 1, 2, 3);
    }

    [ConformanceFact]
    public async Task A_static_member_restarts_without_a_rebalance()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var stays = scene.Join(instance: "host-1");
        await HasAsync(stays, 0, 1, 2, 3);
        var restarts = scene.Join(instance: "host-2");
        await Eventually.Async(() => stays.Partitions.Count == 2 && restarts.Partitions.Count == 2, GroupScene.Patience, "two partitions each");
        var (had, before) = (restarts.Partitions, stays.Events.Count);

        restarts.Close();
        var again = scene.Join(instance: "host-2");

        await HasAsync(again, [.. had]);
        stays.Events.Count.ShouldBe(before);
    }

    private static Task HasAsync(GroupMember member, params int[] partitions) =>
        Eventually.Async(() => member.Partitions.SequenceEqual(partitions), GroupScene.Patience, $"partitions {string.Join(',', partitions)} at one member");
}

public sealed class EmbeddedRebalancingTests(EmbeddedKafkaFixture kafka) : RebalancingSuite(kafka, GroupProtocol.Classic), IClassFixture<EmbeddedKafkaFixture>;

public sealed class EmbeddedRebalancingOfConsumersTests(EmbeddedKafkaFixture kafka) : RebalancingSuite(kafka, GroupProtocol.Consumer), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
[Trait("Run", "soak")]   // Against a real clock: sessions that must not run out while a machine is busy.
public sealed class RealRebalancingTests(RealKafkaFixture kafka) : RebalancingSuite(kafka, GroupProtocol.Classic), IClassFixture<RealKafkaFixture>;

[Needs(RealServer.Kafka)]
[Trait("Run", "soak")]   // Against a real clock: sessions that must not run out while a machine is busy.
public sealed class RealRebalancingOfConsumersTests(RealKafkaFixture kafka) : RebalancingSuite(kafka, GroupProtocol.Consumer), IClassFixture<RealKafkaFixture>;
