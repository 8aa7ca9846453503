using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>A group whose hosts are replaced one by one goes over to the other protocol, and back, without a moment without members (group.consumer.migration.policy=bidirectional).</summary>
/// <remarks>librdkafka's members that rebalance incrementally write user data beside their assignments, from the second generation on; Apache Kafka does not take such groups along.</remarks>
public abstract class MigrationSuite(KafkaFixture kafka)
{
    [ConformanceFact]
    public Task Hosts_that_give_up_everything_at_a_rebalance_are_replaced_one_by_one_and_back() => ReplaceAllAsync(PartitionAssignmentStrategy.Range);

    [ConformanceFact]
    public async Task A_static_host_changes_its_protocol_and_keeps_its_partitions()
    {
        using var scene = await GroupScene.CreateAsync(kafka, GroupProtocol.Classic);
        var stays = scene.Join(instance: "host-1");
        var changes = scene.Join(instance: "host-2");
        await ShareAsync(scene, stays, changes);
        var had = changes.Partitions;

        changes.Close();
        var changed = scene.Join(scene.ConsumerConfig(instance: "host-2", protocol: GroupProtocol.Consumer));

        await Eventually.Async(() => changed.Partitions.SequenceEqual(had), GroupScene.Patience, "what the host had before");
        await ShareAsync(scene, stays, changed);
    }

    [ConformanceFact]
    public async Task A_killed_host_of_the_other_protocol_leaves_its_partitions_to_the_rest()
    {
        using var scene = await GroupScene.CreateAsync(kafka, GroupProtocol.Classic);
        var classic = scene.Join();
        var consumer = scene.Join(scene.ConsumerConfig(protocol: GroupProtocol.Consumer));
        await ShareAsync(scene, classic, consumer);

        consumer.Kill();

        await Eventually.Async(() => classic.Partitions.Count == 4, GroupScene.Patience, "everything at the member that is left");
        await IsAsync(scene, ConsumerGroupType.Classic, "only a classic member is left");
    }

    protected async Task ReplaceAllAsync(PartitionAssignmentStrategy strategy)
    {
        using var scene = await GroupScene.CreateAsync(kafka, GroupProtocol.Classic);
        var (first, second) = (scene.Join(strategy), scene.Join(strategy));
        await ShareAsync(scene, first, second);
        first.Commit(new TopicPartitionOffset(scene.Partition(first.Partitions[0]), 5));
        var committed = first.Partitions[0];

        foreach (var protocol in new[] { GroupProtocol.Consumer, GroupProtocol.Classic })
        {
            var config = scene.ConsumerConfig(strategy, protocol: protocol);
            first = await ReplaceAsync(scene, first, second, config);
            await IsAsync(scene, ConsumerGroupType.Consumer, "one host of each protocol");
            second = await ReplaceAsync(scene, second, first, config);
            await IsAsync(scene, protocol == GroupProtocol.Consumer ? ConsumerGroupType.Consumer : ConsumerGroupType.Classic, "all hosts replaced");
        }

        scene.Owners.Conflicts.ShouldBeEmpty();
        (await scene.CommittedAsync(committed)).ShouldBe(5);
    }

    /// <summary>The next host comes before the one that it replaces goes.</summary>
    private static async Task<GroupMember> ReplaceAsync(GroupScene scene, GroupMember replaced, GroupMember stays, ConsumerConfig config)
    {
        var next = scene.Join(config);
        await ShareAsync(scene, replaced, stays, next);
        replaced.Close();
        await ShareAsync(scene, stays, next);
        return next;
    }

    private static Task ShareAsync(GroupScene scene, params GroupMember[] members) => Eventually.Async(
        () => members.All(member => member.Partitions.Count > 0) && members.SelectMany(member => member.Partitions).Order().SequenceEqual([0, 1, 2, 3]),
        GroupScene.Patience, $"four partitions shared by {members.Length}; {string.Join(" | ", members.Select(member => string.Join(',', member.Partitions)))}; {string.Join(", ", scene.Owners.Conflicts)}");

    private static Task IsAsync(GroupScene scene, ConsumerGroupType type, string when) => Eventually.Async(
        async () => (await scene.Admin.ListConsumerGroupsAsync()).Valid.Single(group => group.GroupId == scene.Group).Type == type, GroupScene.Patience, $"a group of type {type}, {when}");
}

public sealed class EmbeddedMigrationTests(EmbeddedKafkaFixture kafka) : MigrationSuite(kafka), IClassFixture<EmbeddedKafkaFixture>
{
    [Fact]
    public Task Hosts_that_rebalance_incrementally_are_replaced_one_by_one_and_back() => ReplaceAllAsync(PartitionAssignmentStrategy.CooperativeSticky);
}

[Needs(RealServer.Kafka)]
[Trait("Run", "soak")]   // Against a real clock: sessions that must not run out while a machine is busy.
public sealed class RealMigrationTests(RealKafkaFixture kafka) : MigrationSuite(kafka), IClassFixture<RealKafkaFixture>;
