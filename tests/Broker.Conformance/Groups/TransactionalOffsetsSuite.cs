using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>Offsets that a producer sends in its transaction.</summary>
public abstract class TransactionalOffsetsSuite(KafkaFixture kafka, GroupProtocol protocol)
{
    [ConformanceFact]
    public async Task Offsets_count_when_the_transaction_commits()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var producer = scene.Transactions();
        var consumer = scene.Consumer();
        Send(scene, producer, consumer.ConsumerGroupMetadata, offset: 5);
        (await scene.CommittedAsync()).ShouldBeNull();

        producer.CommitTransaction(Clients.Deadline);

        // Kafka writes the markers after its answer; only who asks for stable offsets waits for them.
        consumer.Committed([scene.Partition(0)], Clients.Deadline).Single().Offset.Value.ShouldBe(5);
    }

    [ConformanceFact]
    public async Task Offsets_are_forgotten_when_the_transaction_aborts()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var producer = scene.Transactions();
        var consumer = scene.Consumer();
        consumer.Commit([new TopicPartitionOffset(scene.Partition(0), 2)]);
        Send(scene, producer, consumer.ConsumerGroupMetadata, offset: 5);

        producer.AbortTransaction(Clients.Deadline);

        consumer.Committed([scene.Partition(0)], Clients.Deadline).Single().Offset.Value.ShouldBe(2);
    }

    [ConformanceFact]
    public async Task Who_wants_stable_offsets_waits_for_the_end_of_the_transaction()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var producer = scene.Transactions();
        var consumer = scene.Consumer();
        Send(scene, producer, consumer.ConsumerGroupMetadata, offset: 5);

        Should.Throw<KafkaException>(() => consumer.Committed([scene.Partition(0)], TimeSpan.FromSeconds(1))).Error.Code
            .ShouldBeOneOf(ErrorCode.Local_TimedOut, ErrorCode.UnstableOffsetCommit);
        var waiting = Task.Run(() => consumer.Committed([scene.Partition(0)], Clients.Deadline));
        producer.CommitTransaction(Clients.Deadline);

        (await waiting).Single().Offset.Value.ShouldBe(5);
    }

    [ConformanceFact]
    public async Task A_successor_with_the_same_transactional_id_ends_the_transaction_at_once()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var consumer = scene.Consumer();
        var name = SomeNames.Name("transfer");
        var zombie = scene.Transactions(name);
        Send(scene, zombie, consumer.ConsumerGroupMetadata, offset: 5);

        scene.Transactions(name);

        consumer.Committed([scene.Partition(0)], Clients.Deadline).Single().Offset.ShouldBe(Offset.Unset);
        Should.Throw<KafkaException>(() => zombie.CommitTransaction(Clients.Deadline)).Error.IsFatal.ShouldBeTrue();
    }

    [ConformanceFact]
    public async Task A_member_that_others_replaced_can_not_send_offsets_any_more()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var zombie = scene.Join();
        await Eventually.Async(() => zombie.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        var before = zombie.Metadata;
        var second = scene.Join();
        await Eventually.Async(() => second.Partitions.Count == 2, GroupScene.Patience, "an assignment of the second member");
        var producer = scene.Transactions();

        var refused = Should.Throw<KafkaException>(() => Send(scene, producer, before, offset: 5));

        refused.Error.Code.ShouldBe(ErrorCode.IllegalGeneration);
        producer.AbortTransaction(Clients.Deadline);
        Send(scene, producer, zombie.Metadata, offset: 6);
        producer.CommitTransaction(Clients.Deadline);
        scene.Consumer().Committed([scene.Partition(0)], Clients.Deadline).Single().Offset.Value.ShouldBe(6);
    }

    [ConformanceFact]
    public async Task A_member_that_left_can_not_send_offsets_any_more()
    {
        using var scene = await GroupScene.CreateAsync(kafka, protocol);
        var gone = scene.Join();
        await Eventually.Async(() => gone.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        var before = gone.Metadata;
        gone.Close();
        var producer = scene.Transactions();

        Should.Throw<KafkaException>(() => Send(scene, producer, before, offset: 5)).Error.Code.ShouldBe(ErrorCode.UnknownMemberId);
    }

    private static void Send(GroupScene scene, IProducer<string, string> producer, IConsumerGroupMetadata group, long offset)
    {
        producer.BeginTransaction();
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(scene.Partition(0), offset)], group, Clients.Deadline);
    }
}

public sealed class EmbeddedTransactionalOffsetsTests(EmbeddedKafkaFixture kafka) : TransactionalOffsetsSuite(kafka, GroupProtocol.Classic), IClassFixture<EmbeddedKafkaFixture>;

public sealed class EmbeddedTransactionalOffsetsOfConsumersTests(EmbeddedKafkaFixture kafka) : TransactionalOffsetsSuite(kafka, GroupProtocol.Consumer), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealTransactionalOffsetsTests(RealKafkaFixture kafka) : TransactionalOffsetsSuite(kafka, GroupProtocol.Classic), IClassFixture<RealKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealTransactionalOffsetsOfConsumersTests(RealKafkaFixture kafka) : TransactionalOffsetsSuite(kafka, GroupProtocol.Consumer), IClassFixture<RealKafkaFixture>;
