using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>What only the consumer protocol knows: the coordinator assigns, and follows the topics.</summary>
public abstract class ConsumerProtocolSuite(KafkaFixture kafka)
{
    [ConformanceFact]
    public async Task Topics_that_appear_grow_and_go_are_followed()
    {
        using var scene = await CreateAsync();
        var topic = SomeNames.Name("later");
        var member = scene.Join(scene.ConsumerConfig(), topic);

        await scene.Admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = -1 }]);
        await HasAsync(member, 0);
        await scene.Admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 3 }]);
        await HasAsync(member, 0, 1, 2);
        await scene.Admin.DeleteTopicsAsync([topic]);
        await HasAsync(member);
    }

    [ConformanceFact]
    public async Task A_regular_expression_is_matched_by_the_broker()
    {
        using var scene = await CreateAsync();

        await HasAsync(scene.Join(scene.ConsumerConfig(), $"^{scene.Topic[..^1]}.$"), 0, 1, 2, 3);
    }

    [ConformanceFact]
    public async Task Ranges_are_assigned_where_they_are_asked_for()
    {
        using var scene = await CreateAsync();
        var config = scene.ConsumerConfig();
        config.GroupRemoteAssignor = "range";
        var (first, second) = (scene.Join(config), scene.Join(config));

        await Eventually.Async(() => first.Partitions.Count == 2 && second.Partitions.Count == 2, GroupScene.Patience, "two partitions each");
        new[] { first.Partitions, second.Partitions }.ShouldBe([[0, 1], [2, 3]], ignoreOrder: true);
    }

    [ConformanceFact]
    public async Task An_assignor_that_is_not_there_is_refused()
    {
        using var scene = await CreateAsync();
        var config = scene.ConsumerConfig();
        config.GroupRemoteAssignor = "by-moonlight";

        var member = scene.Join(config);

        await Eventually.Async(() => member.FatalError is not null, GroupScene.Patience, "the member's fatal error");
    }

    [ConformanceFact]
    public async Task A_group_goes_over_to_the_other_protocol_when_it_is_empty()
    {
        using var scene = await CreateAsync();
        var config = scene.ConsumerConfig();
        config.GroupProtocol = GroupProtocol.Classic;
        for (var round = 0; round < 2; round++)
        {
            using var classic = new GroupMember(config, scene.Topic);
            await HasAsync(classic, 0, 1, 2, 3);
            classic.Commit(new TopicPartitionOffset(scene.Partition(0), 5 + round));
            classic.Close();
            using var consumer = new GroupMember(scene.ConsumerConfig(), scene.Topic);
            await HasAsync(consumer, 0, 1, 2, 3);
            (await scene.CommittedAsync()).ShouldBe(5 + round);
            consumer.Close();
        }
    }

    private Task<GroupScene> CreateAsync() => GroupScene.CreateAsync(kafka, GroupProtocol.Consumer);

    private static Task HasAsync(GroupMember member, params int[] partitions) =>
        Eventually.Async(() => member.Partitions.SequenceEqual(partitions), GroupScene.Patience, $"partitions {string.Join(',', partitions)} at one member");
}

public sealed class EmbeddedConsumerProtocolTests(EmbeddedKafkaFixture kafka) : ConsumerProtocolSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
[Trait("Run", "soak")]   // Against a real clock: sessions that must not run out while a machine is busy.
public sealed class RealConsumerProtocolTests(RealKafkaFixture kafka) : ConsumerProtocolSuite(kafka), IClassFixture<RealKafkaFixture>;
