using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>What a group has read, who may say so, and what tools do to it.</summary>
public abstract class OffsetsSuite(KafkaFixture kafka, GroupProtocol protocol)
{
    [ConformanceFact]
    public async Task Committed_offsets_are_found_by_the_next_consumer()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        scene.Consumer().Commit([new TopicPartitionOffset(scene.Partition(0), 5), new TopicPartitionOffset(scene.Partition(2), 7)]);

        var found = scene.Consumer().Committed([scene.Partition(0), scene.Partition(1), scene.Partition(2)], Clients.Deadline);

        found.Select(p => p.Offset).ShouldBe([5, Offset.Unset, 7]);
    }

    [ConformanceFact]
    public async Task A_leader_epoch_comes_back_with_its_offset()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        scene.Consumer().Commit([new TopicPartitionOffset(scene.Partition(0), 5, leaderEpoch: 0)]);

        scene.Consumer().Committed([scene.Partition(0)], Clients.Deadline).Single().LeaderEpoch.ShouldBe(0);
    }

    [ConformanceFact]
    public async Task Offsets_of_a_partition_that_does_not_exist_are_refused()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);

        Should.Throw<KafkaException>(() => scene.Consumer().Commit([new TopicPartitionOffset(scene.Partition(99), 5)]))
            .Error.Code.ShouldBe(ErrorCode.UnknownTopicOrPart);
    }

    [ConformanceFact]
    public async Task An_empty_group_is_reset_by_an_admin()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var member = scene.Join();
        await Eventually.Async(() => member.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        member.Commit(new TopicPartitionOffset(scene.Partition(0), 5));
        member.Close();

        await ResetAsync(scene, to: 2);

        (await scene.CommittedAsync()).ShouldBe(2);
    }

    [ConformanceFact]
    public async Task A_group_with_members_is_not_reset()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var member = scene.Join();
        await Eventually.Async(() => member.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        member.Commit(new TopicPartitionOffset(scene.Partition(0), 5));

        var refused = await Should.ThrowAsync<AlterConsumerGroupOffsetsException>(() => ResetAsync(scene, to: 2));

        refused.Results.Single().Partitions.Single().Error.Code.ShouldBe(ErrorCode.UnknownMemberId);
        (await scene.CommittedAsync()).ShouldBe(5);
    }

    [ConformanceFact]
    public async Task Groups_are_listed_described_and_deleted()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var member = scene.Join();
        await Eventually.Async(() => member.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        member.Commit(new TopicPartitionOffset(scene.Partition(0), 5));

        var described = await DescribeAsync(scene);
        described.State.ShouldBe(ConsumerGroupState.Stable);
        described.PartitionAssignor.ShouldBe(protocol == GroupProtocol.Consumer ? "uniform" : "range");
        described.Members.Single().Assignment.TopicPartitions.Count.ShouldBe(4);
        described.Members.Single().Host.ShouldBe("/127.0.0.1");
        (await Should.ThrowAsync<DeleteGroupsException>(() => scene.Admin.DeleteGroupsAsync([scene.Group])))
            .Results.Single().Error.Code.ShouldBe(ErrorCode.NonEmptyGroup);
        member.Close();

        (await DescribeAsync(scene)).State.ShouldBe(ConsumerGroupState.Empty);
        (await scene.Admin.ListConsumerGroupsAsync()).Valid.ShouldContain(group => group.GroupId == scene.Group);
        await scene.Admin.DeleteGroupsAsync([scene.Group]);
        (await scene.Admin.ListConsumerGroupsAsync()).Valid.ShouldNotContain(group => group.GroupId == scene.Group);
        (await scene.CommittedAsync()).ShouldBeNull();
    }

    [ConformanceFact]
    public async Task Offsets_of_a_consumed_topic_are_deleted_once_nobody_consumes_it()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var member = scene.Join();
        await Eventually.Async(() => member.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        member.Commit(new TopicPartitionOffset(scene.Partition(0), 5));

        (await Should.ThrowAsync<DeleteConsumerGroupOffsetsException>(() => scene.Admin.DeleteConsumerGroupOffsetsAsync(scene.Group, [scene.Partition(0)])))
            .Result.Partitions.Single().Error.Code.ShouldBe(ErrorCode.GroupSubscribedToTopic);
        member.Close();
        await scene.Admin.DeleteConsumerGroupOffsetsAsync(scene.Group, [scene.Partition(0)]);

        (await scene.CommittedAsync()).ShouldBeNull();
    }

    private static async Task ResetAsync(GroupScene scene, long to) =>
        await scene.Admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(scene.Group, [new TopicPartitionOffset(scene.Partition(0), to)])]);

    private static async Task<ConsumerGroupDescription> DescribeAsync(GroupScene scene) =>
        (await scene.Admin.DescribeConsumerGroupsAsync([scene.Group])).ConsumerGroupDescriptions.Single();
}

public sealed class EmbeddedOffsetsTests(EmbeddedKafkaFixture kafka) : OffsetsSuite(kafka, GroupProtocol.Classic), IClassFixture<EmbeddedKafkaFixture>;

public sealed class EmbeddedOffsetsOfConsumersTests(EmbeddedKafkaFixture kafka) : OffsetsSuite(kafka, GroupProtocol.Consumer), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealOffsetsTests(RealKafkaFixture kafka) : OffsetsSuite(kafka, GroupProtocol.Classic), IClassFixture<RealKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealOffsetsOfConsumersTests(RealKafkaFixture kafka) : OffsetsSuite(kafka, GroupProtocol.Consumer), IClassFixture<RealKafkaFixture>;
