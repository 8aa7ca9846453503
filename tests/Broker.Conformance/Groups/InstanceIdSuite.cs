using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>Two processes with the same instance id: the protocols settle it the other way round.</summary>
public abstract class InstanceIdSuite(KafkaFixture kafka)
{
    [ConformanceFact]
    public async Task In_the_classic_protocol_the_second_fences_the_first()
    {
        using var scene = await GroupScene.CreateAsync(kafka, GroupProtocol.Classic);
        var first = scene.Join(instance: "host-1");
        await HasAllAsync(first);

        var second = scene.Join(instance: "host-1");

        await HasAllAsync(second);
        await Eventually.Async(() => first.FatalError is not null, GroupScene.Patience, "the first member's fatal error");
        first.FatalError!.Reason.ShouldContain("fenced");
    }

    [ConformanceFact]
    public async Task In_the_consumer_protocol_the_second_is_refused()
    {
        using var scene = await GroupScene.CreateAsync(kafka, GroupProtocol.Consumer);
        var first = scene.Join(instance: "host-1");
        await HasAllAsync(first);

        var second = scene.Join(instance: "host-1");

        await Eventually.Async(() => second.FatalError is not null, GroupScene.Patience, "the second member's fatal error");
        second.FatalError!.Reason.ShouldContain("instance id");
        first.Partitions.Count.ShouldBe(4);
    }

    private static Task HasAllAsync(GroupMember member) => Eventually.Async(() => member.Partitions.Count == 4, GroupScene.Patience, "all partitions at one member");
}

public sealed class EmbeddedInstanceIdTests(EmbeddedKafkaFixture kafka) : InstanceIdSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealInstanceIdTests(RealKafkaFixture kafka) : InstanceIdSuite(kafka), IClassFixture<RealKafkaFixture>;
